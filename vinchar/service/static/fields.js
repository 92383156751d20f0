/** Seventeen fields, one for each character of a VIN: typed, pasted, or chosen among what it could be. */

import { glyph } from "./crops.js";
import { make } from "./dom.js";
import { level } from "./reading.js";
import { LENGTH, clean } from "./vin.js";

const CYRILLIC = /^[\u0400-\u04ff]$/; // a Russian keyboard layout: the key itself says which letter is meant
const TYPED = { type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: "false" };
const CHOICES = ["Digit1", "Digit2", "Digit3"];

export class Fields {
  /**
   * @param {HTMLElement} root
   * @param {{onchange: () => void, onnotice: (key: string, values: object) => void}} tell `onnotice`: what was typed
   *   was changed or left out
   */
  constructor(root, { onchange, onnotice }) {
    Object.assign(this, { root, onchange, onnotice });
    root.addEventListener("paste", (event) => this.paste(event));
    root.addEventListener("beforeinput", (event) => this.before(event));
    // What `beforeinput` cannot stop, as on Android, comes here.
    root.addEventListener("input", ({ data, target }) => this.put(this.place(target), data ?? target.value));
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("focusin", ({ target }) => target.select?.());
    root.addEventListener("pointerup", ({ target }) => target.select?.());
  }

  /**
   * Fill the fields with a VIN and show beside them what was read.
   * @param {object} reading
   * @param {ImageBitmap | null} picture
   * @param {string | null} vin
   */
  show(reading, picture, vin) {
    const read = reading.characters.length === LENGTH ? reading.characters : [];
    this.columns = Array.from({ length: LENGTH }, (_, at) => this.column(at, read[at], picture, vin?.[at] ?? ""));
    this.root.replaceChildren(...this.columns.map(({ view }) => view));
  }

  /** Focus the field of what is least sure. */
  focusDoubt() {
    const sure = this.columns.map(({ confidence }) => confidence);
    this.focus(sure.indexOf(Math.min(...sure)));
  }

  column(at, one, picture, char) {
    const name = one ? level(one.confidence) : "empty";
    const runners = one?.alternatives ?? [];
    const label = runners.length ? `field.${name}-or` : `field.${name}`;
    const values = { at: at + 1, char: one?.char ?? "", others: runners.map(([other]) => other) };
    const input = make("input", { ...TYPED, label: [label, values] });
    input.value = char;
    const choices = runners.map(([other, share], which) => {
      const offer = { label: ["field.choose", { at: at + 1, char: other, share }], onclick: () => this.put(at, other) };
      return make("button", { type: "button", class: "choice", ...offer }, other, make("small", {}, `${which + 1}`));
    });
    const view = make("div", { class: `column ${name}` },
      make("span", { class: "place", "aria-hidden": "true" }, `${at + 1}`),
      one && picture && glyph(picture, one.quad, 40, 52), input, make("b"), ...choices);
    return { input, runners, view, before: char, confidence: one?.confidence ?? 0 };
  }

  /** What is in the fields; spaces where there is nothing. */
  get value() {
    return this.columns.map(({ input }) => input.value || " ").join("");
  }

  place(input) {
    return this.columns.findIndex((column) => column.input === input);
  }

  focus(at) {
    this.columns[Math.min(Math.max(at, 0), LENGTH - 1)].input.focus();
  }

  set(at, char) {
    const { input, view, before } = this.columns[at];
    input.value = char;
    view.classList.toggle("changed", char !== before);
    this.onchange();
  }

  /** Put what was typed or pasted in, from one field on; a whole VIN goes into all. */
  put(at, typed) {
    const { chars, mistaken, dropped } = clean(typed);
    if (mistaken.length) this.onnotice("field.mistaken", { chars: mistaken });
    else if (dropped.length) this.onnotice("field.dropped", { chars: dropped });
    const start = chars.length === LENGTH ? 0 : at;
    if (chars.length > LENGTH - start) {
      this.onnotice("field.too-long", { n: chars.length });
      return this.set(at, "");
    }
    if (!chars) return this.set(at, "");
    [...chars].forEach((char, step) => this.set(start + step, char));
    this.focus(start + chars.length);
  }

  before(event) {
    const at = this.place(event.target);
    if (at < 0 || !event.cancelable || !event.data || event.isComposing) return;
    event.preventDefault();
    this.put(at, event.data);
  }

  paste(event) {
    event.preventDefault();
    this.put(this.place(event.target), event.clipboardData.getData("text"));
  }

  key(event) {
    const at = this.place(event.target);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key, code } = event;
    const moves = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: LENGTH - 1 };
    if (key in moves) this.focus(moves[key]);
    else if (key === "Backspace") this.erase(at);
    else if (key === "Delete") this.set(at, "");
    else if (CHOICES.includes(code) && !/^\d$/.test(key)) this.choose(at, CHOICES.indexOf(code));
    else if (CYRILLIC.test(key) && code.startsWith("Key")) this.put(at, code.slice(3));
    else return;
    event.preventDefault();
  }

  /** As an editor does it: what is in the field goes, or else what is before it. */
  erase(at) {
    const there = this.columns[at].input.value || at === 0 ? at : at - 1;
    this.set(there, "");
    this.focus(there);
  }

  choose(at, which) {
    const runner = this.columns[at].runners[which];
    if (runner) this.put(at, runner[0]);
  }
}
