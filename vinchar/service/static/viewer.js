/** A picture that can be zoomed and moved: by wheel, fingers, mouse, keys and buttons. */

const NEAREST = 12; // pixels of the page for one of the picture, at most
const STEP = 1.4; // of a button or a key
const MOVE = 60; // pixels of the page, of an arrow key

export class Viewer {
  /** @param {HTMLElement} root with `.stage` > `.sheet` > (`img`, `svg` > `polygon`), and buttons `[data-zoom]` */
  constructor(root) {
    this.stage = root.querySelector(".stage");
    this.sheet = root.querySelector(".sheet");
    this.pointers = new Map();
    this.doing = {
      in: () => this.zoom(STEP),
      out: () => this.zoom(1 / STEP),
      line: () => this.fit(this.quad),
      whole: () => this.fit(null),
    };
    root.addEventListener("click", ({ target }) => this.doing[target.closest("[data-zoom]")?.dataset.zoom]?.());
    this.stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.stage.addEventListener("keydown", (event) => this.key(event));
    this.stage.addEventListener("pointerdown", (event) => this.down(event));
    this.stage.addEventListener("pointermove", (event) => this.move(event));
    const up = ({ pointerId }) => this.pointers.delete(pointerId);
    for (const end of ["pointerup", "pointercancel"]) this.stage.addEventListener(end, up);
    new ResizeObserver(() => this.fit(this.fitted)).observe(this.stage);
  }

  /** Show a picture of so many pixels, fitted on the line, or whole where there is none. */
  show(address, width, height, quad) {
    Object.assign(this, { width, height, quad });
    const image = this.sheet.querySelector("img");
    image.src = address;
    Object.assign(image, { width, height });
    const outline = this.sheet.querySelector("svg");
    outline.setAttribute("viewBox", `0 0 ${width} ${height}`);
    outline.querySelector("polygon").setAttribute("points", quad?.join(" ") ?? "");
    Object.assign(this.sheet.style, { width: `${width}px`, height: `${height}px` });
    this.fit(quad);
  }

  /** Let a line fill most of the stage; null: the whole picture. */
  fit(quad) {
    if (!this.width) return;
    this.fitted = quad;
    const all = [[0, 0], [this.width, this.height]];
    const [xs, ys] = [0, 1].map((axis) => (quad ?? all).map((point) => point[axis]));
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const { clientWidth: wide, clientHeight: high } = this.stage;
    const fill = quad ? 0.85 : 1;
    this.scale = Math.min((fill * wide) / (right - left), (fill * high) / (bottom - top), quad ? NEAREST : Infinity);
    this.x = wide / 2 - (this.scale * (left + right)) / 2;
    this.y = high / 2 - (this.scale * (top + bottom)) / 2;
    this.place();
  }

  place() {
    this.sheet.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    this.sheet.querySelector("polygon").style.strokeWidth = 2 / this.scale;
  }

  /** Zoom by a factor round a point of the stage, by default its middle. */
  zoom(factor, x = this.stage.clientWidth / 2, y = this.stage.clientHeight / 2) {
    const whole = Math.min(this.stage.clientWidth / this.width, this.stage.clientHeight / this.height);
    const scale = Math.min(Math.max(this.scale * factor, whole / 2), NEAREST);
    this.x = x - ((x - this.x) * scale) / this.scale;
    this.y = y - ((y - this.y) * scale) / this.scale;
    this.scale = scale;
    this.place();
  }

  shift(x, y) {
    this.x += x;
    this.y += y;
    this.place();
  }

  at({ clientX, clientY }) {
    const { left, top } = this.stage.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  wheel(event) {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : 1); // it may be told in lines
    const speed = event.ctrlKey ? 0.01 : 0.002; // ctrl: a pinch on a touchpad
    this.zoom(Math.exp(-pixels * speed), ...this.at(event));
  }

  key(event) {
    const arrows = { ArrowLeft: [MOVE, 0], ArrowRight: [-MOVE, 0], ArrowUp: [0, MOVE], ArrowDown: [0, -MOVE] };
    const keys = { "+": "in", "=": "in", "-": "out", 0: "whole", 1: "line" };
    if (arrows[event.key]) this.shift(...arrows[event.key]);
    else if (keys[event.key]) this.doing[keys[event.key]]();
    else return;
    event.preventDefault();
  }

  down(event) {
    this.stage.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.at(event));
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = this.at(event);
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) this.zoom(distance(now, other) / Math.max(distance(before, other), 1), ...other);
    else this.shift(now[0] - before[0], now[1] - before[1]);
    this.pointers.set(event.pointerId, now);
  }
}

const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
