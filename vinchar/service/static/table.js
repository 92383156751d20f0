/** Reads several photos, two at a time, into a table; and writes it as CSV. */

import { Problem, read } from "./api.js";
import { decode } from "./crops.js";
import { announce, button, icon, make, save, words } from "./dom.js";
import { canReadHere, readHere } from "./offline.js";
import { errorKey, say } from "./texts.js";
import { verdict } from "./reading.js";

const AT_ONCE = 2;
const THUMBNAIL = 96; // pixels
const COLUMNS = ["image", "vin", "status", "confidence", "check_digit", "maker", "region", "model_year", "reasons"];

/**
 * @typedef {{file: File, state: "waiting" | "reading" | "done" | "failed" | "cancelled", row: HTMLElement,
 *   reading?: object, task?: string | null, code?: string}} Item
 */

export class Table {
  /**
   * @param {File[]} files
   * @param {{barcodes: boolean, refusal: (file: File) => string | null, onopen: (item: Item) => void,
   *   onagain: () => void}} how `barcodes`: whether the service reads them; `refusal`: the code of why a file need not
   *   be sent; `onopen`: shows one
   */
  constructor(files, { barcodes, refusal, onopen, onagain }) {
    Object.assign(this, { barcodes, refusal, onopen });
    this.items = files.map((file) => ({ file, state: "waiting", row: make("tr", { role: "row" }) }));
    this.heading = make("h1", { text: ["table.heading", { n: files.length }] });
    this.bar = make("progress", { max: files.length, value: 0, label: "table.progress" });
    this.count = make("p", { class: "soft" });
    this.cancel = button("table.cancel", "cross", () => this.ending.abort());
    this.retry = button("table.retry", "retry", () => this.run(["failed", "cancelled"]));
    this.here = button("read.here", "line", () => readHere(this.away, true));
    this.csv = button("table.csv", "download", () => save(this.toCsv(), "vins.csv"), "primary");
    const heads = ["photo", "name", "vin", "status", "confidence", "details"].map((name) =>
      make("th", { scope: "col", role: "columnheader", text: `column.${name}` }));
    this.view = make("div", {},
      make("div", { class: "card" }, this.heading, this.bar, this.count,
        make("div", { class: "row" }, this.csv, this.cancel, this.retry, this.here,
          button("table.again", "plus", onagain))),
      make("table", { class: "card readings", role: "table", label: ["table.heading", { n: files.length }] },
        make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...heads)),
        make("tbody", { role: "rowgroup" }, ...this.items.map(({ row }) => row))));
    this.items.forEach((item) => this.draw(item));
  }

  /** Read all that are in one of `states`. */
  async run(states = ["waiting"]) {
    const left = this.items.filter((item) => states.includes(item.state));
    left.forEach((item) => this.draw(Object.assign(item, { state: "waiting" })));
    this.ending = new AbortController();
    this.running = true;
    this.tally();
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (let item; (item = left.shift()); ) await this.readOne(item);
    }));
    await this.seekOther();
    this.running = false;
    this.tally();
    announce("table.done", { n: this.items.filter(({ state }) => state === "done").length });
  }

  /** Find out which of those that failed could be read on this device. */
  async seekOther() {
    const can = await Promise.all(this.items.map(({ state, code }) => state === "failed" && canReadHere(code)));
    this.away = this.items.filter((_, at) => can[at]).map(({ file }) => file);
  }

  async readOne(item) {
    const code = this.refusal(item.file);
    if (this.ending.signal.aborted) Object.assign(item, { state: "cancelled" });
    else if (code) Object.assign(item, { state: "failed", code });
    else {
      this.draw(Object.assign(item, { state: "reading" }));
      try {
        const found = await read(item.file, { signal: this.ending.signal, barcodes: this.barcodes });
        Object.assign(item, found, { state: "done" });
      } catch (error) {
        Object.assign(item, error instanceof Problem ? { state: "failed", code: error.code } : { state: "cancelled" });
      }
    }
    this.draw(item);
    this.tally();
  }

  tally() {
    const count = (...states) => this.items.filter(({ state }) => states.includes(state)).length;
    this.bar.value = this.items.length - count("waiting", "reading");
    say(this.count, "table.count", { done: this.bar.value, all: this.items.length });
    this.cancel.hidden = this.bar.hidden = !this.running;
    this.here.hidden = this.running || !this.away?.length;
    this.retry.hidden = this.running || !count("failed", "cancelled");
    this.csv.disabled = !count("done");
  }

  draw(item) {
    const { file, state, reading, row } = item;
    const cell = (name, ...children) => make("td", { class: name, role: "cell" }, ...children);
    const label = ["table.open", { name: file.name }];
    item.picture ??= make("canvas", { width: THUMBNAIL, height: THUMBNAIL, "aria-hidden": "true" });
    row.className = reading?.status ?? state;
    row.replaceChildren(
      cell("photo", item.picture),
      cell("name", file.name),
      cell("vin", reading?.vin && make("code", {}, reading.vin)),
      cell("status", make("span", { class: `verdict ${row.className}` }, ...status(item))),
      cell("confidence", reading?.vin && words("number.share", { share: reading.confidence })),
      cell("details", reading && make("button", { type: "button", label, onclick: () => this.onopen(item) },
        words("table.details"), icon("next"))));
    if (reading && !item.drawn) this.thumbnail(item);
  }

  async thumbnail(item) {
    item.drawn = true;
    const picture = await decode(item.file, { resizeWidth: 2 * THUMBNAIL, resizeQuality: "medium" });
    if (!picture) return;
    const { width, height } = picture;
    const side = Math.min(width, height);
    const from = [(width - side) / 2, (height - side) / 2, side, side];
    item.picture.getContext("2d").drawImage(picture, ...from, 0, 0, THUMBNAIL, THUMBNAIL);
    picture.close();
  }

  toCsv() {
    const rows = this.items.flatMap(({ file, reading, code }) => {
      const found = reading ? [reading, ...reading.others] : [{ status: "error", reasons: [code ?? "not read"] }];
      return found.map((one) => ({ ...one, image: file.name }));
    });
    return new Blob([toCsv(rows)], { type: "text/csv" });
  }
}

/** What is said of a file: what was read, what went wrong, or how far it is. */
function status({ state, reading, code }) {
  if (reading) return verdict(reading.status);
  return [state === "failed" ? words(errorKey(code), { code }, "bad") : words(`state.${state}`)];
}

/** Rows as CSV that spreadsheets open as it is: with a byte order mark, and nothing that they take for a formula. */
export function toCsv(rows) {
  const field = (value) => {
    const plain = Array.isArray(value) ? value.join(value.every(Number.isFinite) ? " " : "; ") : String(value ?? "");
    const safe = /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain;
    return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [COLUMNS, ...rows.map((row) => COLUMNS.map((name) => row[name]))];
  return `\ufeff${lines.map((line) => line.map(field).join(",")).join("\r\n")}\r\n`;
}
