/** Looks for a VIN with the phone's camera: small frames, one at a time, until readings agree. */

import { Problem, readFrame, readFrames } from "./api.js";
import { byId } from "./dom.js";
import { faults } from "./reading.js";
import { errorKey, say } from "./texts.js";

const WIDEST = 800; // pixels of a frame that is sent
const KEPT = 5; // frames that showed a VIN
const PAUSE = 250; // ms between frames, at least; a second when for a minute nothing was found
const PATIENCE = 60_000;
const STEADY = 2; // readings in a row that must ask for the same before another hint is shown
const FUSIONS = 3; // of frames that agree; if it is unsure even then, it is shown as it is
const BETWEEN = 4; // frames that showed a VIN, before they are fused once more
const AROUND = 1.6; // height of what is sent, in parts of the finder's: hands shake

/**
 * Open the camera and look for a VIN until one is read, or the user closes it.
 * @param {object[]} hints of the model
 * @returns {Promise<{reading: object, task: string | null, file: File} | null>} null where the user closed it
 */
export function scan(hints) {
  return new Promise((resolve) => new Scan(hints, resolve).open());
}

class Scan {
  constructor(hints, resolve) {
    this.dialog = byId("camera");
    this.part = (selector) => this.dialog.querySelector(selector);
    this.video = this.part("video");
    this.advice = new Steady(this.part(".advice"));
    this.kept = []; // {file, vin}
    this.fused = this.showed = 0;
    Object.assign(this, { hints, resolve });
  }

  async open() {
    const doing = { close: () => this.end(null), shutter: () => this.finish(), torch: () => this.torch() };
    this.dialog.onclick = ({ target }) => doing[target.closest("[data-do]")?.dataset.do]?.();
    this.dialog.oncancel = () => this.end(null);
    this.onvisibility = () => (document.hidden ? this.stop() : this.start());
    document.addEventListener("visibilitychange", this.onvisibility);
    this.part(".seen").textContent = "";
    this.dialog.showModal();
    await this.start();
  }

  /** Switch the camera on and begin to look. */
  async start() {
    this.advice.say("camera.starting");
    const run = (this.run = { since: performance.now() }); // whoever finds another run here is out of date
    try {
      const size = { width: { ideal: 1920 }, height: { ideal: 1080 } };
      const video = { facingMode: "environment", ...size };
      const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video });
      if (this.run !== run) return stream.getTracks().forEach((track) => track.stop());
      this.video.srcObject = stream;
      await this.video.play();
      this.controls(stream.getVideoTracks()[0]);
      this.advice.say("camera.aim");
    } catch (error) {
      if (this.run !== run) return;
      const codes = { NotAllowedError: "camera.denied", NotFoundError: "camera.missing" };
      return this.advice.say(codes[error.name] ?? "camera.failed");
    }
    while (this.run === run) {
      const started = performance.now();
      await this.look(run);
      const least = started - run.since > PATIENCE ? 1000 : PAUSE;
      await new Promise((next) => setTimeout(next, Math.max(least - (performance.now() - started), 0)));
    }
  }

  stop() {
    this.run = null;
    this.video.srcObject?.getTracks().forEach((track) => track.stop());
    this.video.srcObject = null;
  }

  end(found) {
    this.stop();
    document.removeEventListener("visibilitychange", this.onvisibility);
    this.dialog.close();
    this.resolve(found);
  }

  /** Torch and zoom, where this camera has them. */
  controls(track) {
    const { torch, zoom } = track.getCapabilities?.() ?? {};
    this.track = track;
    this.part("[data-do=torch]").hidden = !torch;
    this.part(".zoom").hidden = !zoom || zoom.min === zoom.max;
    if (!zoom) return;
    const range = this.part(".zoom input");
    Object.assign(range, { min: zoom.min, max: Math.min(zoom.max, 8 * zoom.min), step: zoom.step || 0.1 });
    range.value = track.getSettings().zoom ?? zoom.min;
    range.oninput = () => track.applyConstraints({ advanced: [{ zoom: Number(range.value) }] }).catch(() => {});
  }

  async torch() {
    const pressed = this.part("[data-do=torch]");
    const on = pressed.getAttribute("aria-pressed") !== "true";
    await this.track.applyConstraints({ advanced: [{ torch: on }] });
    pressed.setAttribute("aria-pressed", on);
  }

  /** Read what is in the finder now, say what would help, and finish where that is enough. */
  async look(run) {
    const file = await this.frame();
    if (!file) return;
    try {
      const { reading } = await readFrame(file, { patience: 0, seconds: 15 });
      if (this.run !== run) return;
      this.part(".seen").textContent = reading.vin ?? "";
      this.advice.consider(this.hint(reading));
      if (!reading.vin) return;
      run.since = performance.now();
      this.showed += 1;
      const agreeing = this.kept.some(({ vin }) => vin === reading.vin);
      this.kept = [...this.kept, { file, vin: reading.vin }].slice(-KEPT);
      const due = agreeing && this.showed > 1 + BETWEEN * this.fused;
      if (reading.status === "ok" || due) await this.finish(run);
    } catch (problem) {
      if (this.run !== run) return;
      if (!(problem instanceof Problem)) throw problem;
      if (problem.code === "no-key") return this.end(null);
      this.advice.say(problem.after > 0 && problem.code === "queue-full" ? "camera.wait" : "camera.unreachable");
      await new Promise((next) => setTimeout(next, 1000 * Math.max(problem.after, 1)));
    }
  }

  hint(reading) {
    if (!reading.vin) return "camera.aim";
    const [fault] = faults(reading, this.hints);
    return fault ? `advice.${fault.name}` : "camera.hold";
  }

  /**
   * Read the frames that showed a VIN together; where none did, the whole picture as it is now. Where a `run` asks and
   * the reading is unsure, it goes on, so that the hints can help.
   */
  async finish(run = null) {
    if (!this.video.srcObject || this.finishing) return;
    this.finishing = true;
    if (!run) this.run = null;
    this.advice.say("camera.reading");
    const files = this.kept.length ? this.kept.map(({ file }) => file) : [await this.frame(true)];
    try {
      const { reading, task } = await readFrames(files);
      this.fused += 1;
      const unsure = run && reading.status !== "ok" && this.fused < FUSIONS;
      if (unsure || (run && this.run !== run)) return this.advice.say(this.hint(reading));
      navigator.vibrate?.(60);
      this.end({ reading, task, file: files.find(({ name }) => name === reading.image) ?? files.at(-1) });
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.stop();
      this.advice.say(errorKey(problem.code));
      setTimeout(() => this.dialog.open && !this.run && this.start(), 3000);
    } finally {
      this.finishing = false;
    }
  }

  /** A JPEG of what the finder shows and a little round it, or of all that the camera sees. */
  async frame(whole = false) {
    const { videoWidth: wide, videoHeight: high } = this.video;
    if (!wide) return null;
    const seen = this.video.getBoundingClientRect();
    const finder = this.part(".finder").getBoundingClientRect();
    const scale = Math.max(seen.width / wide, seen.height / high); // object-fit: cover
    const width = whole ? wide : Math.min((finder.width / scale) * 1.04, wide);
    const height = whole ? high : Math.min((finder.height / scale) * AROUND, high);
    const middle = (finder.top + finder.height / 2 - seen.top - seen.height / 2) / scale + high / 2;
    const top = Math.max(0, Math.min(middle - height / 2, high - height));
    const shrink = whole ? 1 : Math.min(1, WIDEST / width);
    const canvas = document.createElement("canvas");
    const size = [Math.round(width * shrink), Math.round(height * shrink)];
    [canvas.width, canvas.height] = size;
    canvas.getContext("2d").drawImage(this.video, (wide - width) / 2, whole ? 0 : top, width, height, 0, 0, ...size);
    const blob = await new Promise((made) => canvas.toBlob(made, "image/jpeg", 0.88));
    this.count = (this.count ?? 0) + 1;
    return new File([blob], `frame-${this.count}.jpg`, { type: "image/jpeg" });
  }
}

/** A hint that does not flicker: another is shown only when it was due several times in a row. */
class Steady {
  constructor(element) {
    this.element = element;
  }

  say(key) {
    this.due = key;
    this.times = 0;
    if (this.element.dataset.text !== key) say(this.element, key);
  }

  consider(key) {
    this.times = key === this.due ? this.times + 1 : 1;
    this.due = key;
    if (this.times >= STEADY) this.say(key);
  }
}
