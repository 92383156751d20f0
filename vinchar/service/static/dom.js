/** Makes elements, and says things to screen readers. */

import { say } from "./texts.js";

const ICONS = new URL("icons.svg", import.meta.url).href;
const SVG = "http://www.w3.org/2000/svg";
const SAID = ["text", "label", "hint", "alt"];

export const byId = (id) => document.getElementById(id);

/**
 * Make an element. Of `props`, `on…` are listeners; `text`, `label`, `hint` and `alt` are keys of texts, or of these
 * with values; booleans are set as properties, all else as attributes.
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...(Node | string | null | false | undefined)} children what is empty is left out
 */
export function make(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value == null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (SAID.includes(name)) say(element, ...(Array.isArray(value) ? value : [value, undefined]), name);
    else if (typeof value === "boolean") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child));
  return element;
}

/** Words in a line of others. */
export const words = (key, values, look) => make("span", { text: [key, values], class: look });

/** A drawing of icons.svg, for the eye only: what it means is said in words beside it. */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${ICONS}#${name}`);
  drawing.append(use);
  return drawing;
}

/** A button with an icon and a text. */
export function button(key, name, onclick, look = "") {
  return make("button", { type: "button", class: look, onclick }, name && icon(name), words(key));
}

/** Say something to screen readers when they have a moment. The same twice is said twice. */
export function announce(key, values) {
  const live = byId("live");
  live.textContent = "";
  setTimeout(() => say(live, key, values), 50);
}

/** Show something for a few seconds at the foot of the page, and say it. */
export function notify(key, values) {
  const toast = byId("toast");
  toast.hidden = false;
  announce(key, values);
  say(toast.firstElementChild, key, values);
  clearTimeout(notify.timer);
  notify.timer = setTimeout(() => (toast.hidden = true), 5000);
}

/** Give the focus to what is no control, such as a heading, so that reading goes on from there. */
export function focusOn(element) {
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

/** Take files that are dropped anywhere on the page; `#dropping` shows that they would be. */
export function takeDrops(take) {
  let depth = 0; // dragenter and dragleave come for every element passed over
  const over = (step) => {
    depth = Math.max(0, depth + step);
    byId("dropping").hidden = depth === 0;
  };
  addEventListener("dragenter", () => over(1));
  addEventListener("dragleave", () => over(-1));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    over(-depth);
    take([...event.dataTransfer.files]);
  });
}

/** Let a button open a file input, and hand on what is chosen there. */
export function takeChosen(opener, input, take) {
  opener.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = ""; // so that the same can be chosen again
  });
}

/** Let the browser save something under a name. */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
