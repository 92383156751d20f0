/** Everything that is said, in the reader's language: texts.json by key, `data-text` attributes, numbers. */

const LANGUAGES = { en: "English", de: "Deutsch", ru: "Русский" };
const KEPT_AS = "vinchar-language";
const ATTRIBUTES = { text: "textContent", label: "aria-label", hint: "placeholder", alt: "alt" };

let texts = {};
export let language = "en";

/** The first language that is asked for and known: ?lang, then what was chosen here before, then the browser's. */
function wanted() {
  const asked = [new URLSearchParams(location.search).get("lang"), stored(), ...navigator.languages];
  return asked.map((tag) => tag?.slice(0, 2).toLowerCase()).find((tag) => tag in LANGUAGES) ?? "en";
}

function stored() {
  try {
    return localStorage.getItem(KEPT_AS);
  } catch {
    return null; // storage may be forbidden: the language is then chosen anew on every page
  }
}

/** Load all texts, say those of the page, and fill the switch `select[data-languages]`. */
export async function loadTexts() {
  texts = await (await fetch(new URL("texts.json", import.meta.url))).json();
  const chooser = document.querySelector("select[data-languages]");
  chooser.replaceChildren(...Object.entries(LANGUAGES).map(([tag, name]) => new Option(name, tag)));
  [...chooser.options].forEach((option) => (option.lang = option.value));
  chooser.addEventListener("change", () => {
    try {
      localStorage.setItem(KEPT_AS, chooser.value);
    } catch { /* then it holds for this page only */ }
    speak(chooser.value);
  });
  speak(wanted());
  document.documentElement.removeAttribute("data-loading");
}

function speak(chosen) {
  language = chosen;
  document.documentElement.lang = chosen;
  document.querySelector("select[data-languages]").value = chosen;
  for (const kind of Object.keys(ATTRIBUTES)) {
    for (const element of document.querySelectorAll(`[data-${kind}]`)) write(element, kind);
  }
}

/**
 * Return the text of a key. `{name}` becomes a value, `{name%}` a share as a percentage. Where a text has several
 * forms, the value `n` chooses among them.
 * @param {string} key
 * @param {Record<string, string | number | string[]>} [values]
 */
export function text(key, values = {}) {
  const found = texts[key]?.[language] ?? key;
  const chosen = typeof found !== "string" && new Intl.PluralRules(language).select(values.n);
  const form = chosen ? found[chosen] : found;
  return form.replace(/\{(\w+)(%?)\}/g, (_, name, share) => (share ? percent(values[name]) : shown(values[name])));
}

/** The key of the text for a problem's code. */
export const errorKey = (code) => (`error.${code}` in texts ? `error.${code}` : "error.other");

/** A number as it is written here, a list as people name one or the other of it, and all else as it is. */
function shown(value) {
  if (typeof value === "number") return new Intl.NumberFormat(language).format(value);
  return Array.isArray(value) ? new Intl.ListFormat(language, { type: "disjunction" }).format(value) : value ?? "";
}

/** A share as a percentage. It is never 100 %: nothing that is read is certain. */
function percent(share) {
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }).format(Math.min(share, 0.999));
}

/**
 * Let an element say a text, now and after a change of language.
 * @param {Element} element
 * @param {string} key
 * @param {Record<string, string | number | string[]>} [values]
 * @param {"text" | "label" | "hint" | "alt"} [kind] its text, accessible name, placeholder, or that of an image
 */
export function say(element, key, values, kind = "text") {
  element.dataset[kind] = key;
  if (values) element.dataset[`${kind}Values`] = JSON.stringify(values);
  else delete element.dataset[`${kind}Values`];
  write(element, kind);
  return element;
}

function write(element, kind) {
  const words = text(element.dataset[kind], JSON.parse(element.dataset[`${kind}Values`] ?? "{}"));
  if (kind === "text") element.textContent = words;
  else element.setAttribute(ATTRIBUTES[kind], words);
}
