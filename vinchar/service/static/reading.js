/** Shows a Reading: the VIN with how sure each character is, what the number says, and what would help. */

import { glyph, strip } from "./crops.js";
import { byId, button, icon, make, notify, words } from "./dom.js";

const PARTS = [[0, 3], [3, 9], [9, 17]]; // maker, vehicle, serial: as ISO 3779 parts a VIN
const SURE = 0.99; // from here on a character is not in doubt at all
const LIKELY = 0.9; // below this it is worth a look, as vinchar/doubts.py has it
const READS_BEST = 16; // pixels of a character's height, as vinchar/quality.py has it
const ICONS = { ok: "check", uncertain: "warning", not_found: "question", error: "cross" };
const CHECKS = { valid: "check", invalid: "cross", not_required: "minus" };
const RUNNERS_WIDE = 232; // as style.css has it

/** How sure a character is, in three steps. */
export const level = (confidence) => (confidence >= SURE ? "sure" : confidence >= LIKELY ? "likely" : "doubtful");

/** The status in words, with an icon. */
export const verdict = (status) => [icon(ICONS[status]), words(`verdict.${status}`)];

/** Which of the model's `hints` hold for a reading, the most telling first. */
export const faults = ({ quality }, hints) =>
  hints.filter(({ name, worse, threshold }) => name in quality && worse * (quality[name] - threshold) > 0);

export async function copy(vin) {
  try {
    await navigator.clipboard.writeText(vin);
  } catch { // without HTTPS there is no clipboard for pages
    const field = make("textarea", { class: "unseen" });
    field.value = vin;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  notify("result.copied", { vin });
}

/**
 * Make the view of a reading.
 * @param {object} reading as vinchar/reading.schema.json has it
 * @param {{picture: ImageBitmap | null, photo: string, task?: string | null, hints: object[]}} beside the decoded
 *   picture, the address of the file, its task at the desk, the model's hints
 * @returns {{view: HTMLElement, heading: HTMLElement}} `heading`: where the focus goes
 */
export function readingView(reading, { picture, photo, task, hints }) {
  const { status, vin } = reading;
  const heading = make("h1", { class: `verdict ${status}` }, ...verdict(status));
  const sure = vin && make("p", { class: "soft", text: ["result.sure", { share: reading.confidence }] });
  const view = make("article", { class: "reading" },
    make("div", { class: "card main" },
      make("div", { class: "verdict-line" }, heading, sure),
      vin && letters(reading, picture),
      vin && actions(vin, task),
      !vin && task && correct(task),
      status !== "ok" && advice(reading, hints)),
    make("div", { class: "two" }, evidence(reading, picture, photo), vin && vin.length > 1 && facts(reading)),
    doubts(reading),
    others(reading, picture));
  return { view, heading };
}

function letters(reading, picture) {
  const chars = reading.characters.length ? reading.characters : [...reading.vin].map((char) => ({ char }));
  const cells = chars.map((one, at) => cell(one, at, picture));
  const spans = chars.length > 1 ? PARTS : [[0, 1]];
  const weak = chars.some(({ confidence }) => confidence !== undefined && level(confidence) !== "sure");
  const label = ["result.vin", { vin: [...reading.vin].join(" ") }];
  const row = make("div", { class: "vin", role: "group", label },
    ...spans.map(([from, to]) => make("span", { class: "part" }, ...cells.slice(from, to))));
  const key = make("p", { class: "levels soft" },
    ...["sure", "likely", "doubtful"].map((name) =>
      make("span", { class: `level ${name}` }, make("b"), words(`level.${name}`))));
  return make("div", {}, row, weak && key);
}

/** One character: as it looks in the picture, as it was read, and how sure that is. */
function cell(one, at, picture) {
  if (one.confidence === undefined) return make("span", { class: "cell" }, make("span", { class: "char" }, one.char));
  const name = level(one.confidence);
  const values = { at: at + 1, char: one.char, share: one.confidence };
  const made = make("button", { type: "button", class: `cell ${name}`, label: [`character.${name}`, values] },
    picture && glyph(picture, one.quad, 26, 38), make("span", { class: "char" }, one.char), make("b"));
  made.popoverTargetElement = byId("runners");
  const large = picture && glyph(picture, one.quad, 72, 90);
  made.addEventListener("click", () => runners(one, at, large, made.getBoundingClientRect()));
  return made;
}

/** Fill the popover with what a character could be, and put it where it belongs. */
function runners(one, at, large, place) {
  const popover = byId("runners");
  const chances = [[one.char, one.confidence], ...one.alternatives].map(([char, share]) => {
    const bar = make("i");
    bar.style.width = `${100 * share}%`;
    return make("li", {}, make("b", {}, char), make("span", { class: "bar" }, bar), words("number.share", { share }));
  });
  popover.replaceChildren(make("div", {},
    make("p", { class: "soft", text: ["character.at", { at: at + 1 }] }), large, make("ol", {}, ...chances),
    !one.alternatives.length && make("p", { class: "soft", text: "character.alone" })));
  const left = place.left + (place.width - RUNNERS_WIDE) / 2;
  popover.style.left = `${Math.max(8, Math.min(left, innerWidth - RUNNERS_WIDE - 8))}px`;
  const below = place.bottom < innerHeight * 0.6;
  popover.style.top = below ? `${place.bottom + 8}px` : "auto";
  popover.style.bottom = below ? "auto" : `${innerHeight - place.top + 8}px`;
}

function actions(vin, task) {
  return make("div", { class: "row" },
    button("result.copy", "copy", () => copy(vin), "primary"),
    navigator.share && button("result.share", "share", () => navigator.share({ text: vin }).catch(() => {})),
    task && correct(task));
}

const correct = (task) =>
  make("a", { class: "button", href: `review#${task}` }, icon("edit"), words("result.correct"));

function advice(reading, hints) {
  const keys = faults(reading, hints).map(({ name }) => `advice.${name}`);
  if (!reading.vin) keys.unshift("advice.none");
  else if (!keys.length && reading.quality.glyph_height < READS_BEST) keys.push("advice.small");
  return keys.length > 0 && make("div", { class: "advice-list" },
    make("h2", { text: "advice.heading" }), make("ul", {}, ...keys.map((key) => make("li", { text: key }))));
}

function evidence(reading, picture, photo) {
  if (!picture) return make("p", { class: "card soft", text: "result.no-preview" });
  const image = make("img", { src: photo, alt: "result.photo", class: "photo" });
  const outline = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  outline.setAttribute("viewBox", `0 0 ${picture.width} ${picture.height}`);
  outline.setAttribute("aria-hidden", "true");
  for (const { quad } of [reading, ...reading.others].filter((one) => one.quad)) {
    const line = document.createElementNS(outline.namespaceURI, "polygon");
    line.setAttribute("points", quad.join(" "));
    outline.append(line);
  }
  return make("figure", { class: "card" },
    reading.quad && reading.kind !== "glyph" && strip(picture, reading.quad),
    make("div", { class: "outlined" }, image, outline));
}

function facts(reading) {
  const { check_digit: check, maker, region, model_year: years, source } = reading;
  const fact = (key, ...said) => [make("dt", { text: `fact.${key}` }), make("dd", {}, ...said)];
  const known = (value) => value || make("span", { class: "soft", text: "fact.unknown" });
  const year = years.length && words("fact.years", { years: years.map(String) });
  const fits = make("span", { class: `check ${check}` }, icon(CHECKS[check]), words(`check.${check}`));
  return make("dl", { class: "card facts" },
    ...fact("check_digit", fits),
    ...fact("maker", known(maker)),
    ...fact("region", known(region && words(`region.${region.replace(" ", "_")}`))),
    ...fact("model_year", known(year)),
    ...(source === "text" ? [] : fact("source", words(`source.${source}`))));
}

function doubts({ reasons, alternatives }) {
  if (!reasons.length && !alternatives.length) return null;
  return make("details", { class: "card" }, make("summary", { text: "result.more" }),
    reasons.length > 0 && make("ul", { lang: "en" }, ...reasons.map((reason) => make("li", {}, reason))),
    alternatives.length > 0 && make("h2", { text: "result.alternatives" }),
    alternatives.length > 0 && make("ul", { class: "plain" }, ...alternatives.map(([vin, share]) =>
      make("li", {}, make("code", {}, vin), " ", words("number.share", { share }, "soft")))));
}

function others({ others: more }, picture) {
  return more.length > 0 && make("section", { class: "card" },
    make("h2", { text: ["result.others", { n: more.length }] }),
    make("ul", { class: "plain others" }, ...more.map((one) => make("li", {},
      picture && one.quad && strip(picture, one.quad, 36),
      make("code", {}, one.vin), make("span", { class: `verdict ${one.status}` }, ...verdict(one.status)),
      button("result.copy", "copy", () => copy(one.vin))))));
}
