/** The page `/`: from photos, chosen, dropped, pasted or seen by the camera, to what was read. */

import { Problem, model, read } from "./api.js";
import { scan } from "./camera.js";
import { decode } from "./crops.js";
import { announce, button, byId, focusOn, icon, make, takeChosen, takeDrops, words } from "./dom.js";
import { canReadHere, giveUp, keepReady, readHere } from "./offline.js";
import { readingView } from "./reading.js";
import { Table } from "./table.js";
import { errorKey, loadTexts, say } from "./texts.js";

const VIEWS = ["start", "busy", "result", "table"];
let about = { hints: [], service: {} }; // GET /v1/model, as far as it is known
let table = null;
let address = ""; // of the photo that is shown

/** Show one view. What was opened last can be left with the browser's way back. */
function show(view, { heading, remember = true } = {}) {
  for (const name of VIEWS) byId(name).hidden = name !== view;
  if (remember && view !== "busy" && history.state?.view !== view) history.pushState({ view }, "");
  scrollTo(0, 0);
  if (heading) focusOn(heading);
}

const startAgain = () => show("start", { heading: byId("start").querySelector("h1") });

addEventListener("popstate", ({ state }) => {
  if (!state) return; // a link within the page
  const view = VIEWS.includes(state.view) && byId(state.view).childElementCount ? state.view : "start";
  show(view, { remember: false, heading: byId(view).querySelector("h1") });
});

/** The address of a file for this page; that of the file before is given up. */
function addressOf(file) {
  URL.revokeObjectURL(address);
  address = URL.createObjectURL(file);
  return address;
}

/** Why a file need not be sent at all. */
function refusal(file) {
  if (file.size === 0) return "empty";
  return file.size > (about.service.max_bytes ?? Infinity) ? "too-large" : null;
}

/** Read files: one by itself, several in a table. */
export function begin(files) {
  if (files.length === 1) readOne(files[0]);
  else if (files.length) readAll(files);
}

function readAll(files) {
  const onopen = (item) => showReading(item, item.file, true);
  table = new Table(files, { barcodes: about.service.barcodes, refusal, onopen, onagain: () => byId("files").click() });
  byId("table").replaceChildren(table.view);
  show("table", { heading: table.heading });
  table.run();
}

async function readOne(file) {
  const ending = new AbortController();
  const cancel = button("busy.cancel", "cross", () => (ending.abort(), show("start")));
  const heading = make("h1", { text: "busy.heading" });
  const photo = make("img", { class: "photo", src: addressOf(file) });
  photo.alt = "";
  photo.onerror = () => photo.replaceWith(icon("picture"));
  const spinner = make("div", { class: "spinner", "aria-hidden": "true" });
  byId("busy").replaceChildren(make("div", { class: "card busy" }, photo, spinner, heading, cancel));
  show("busy", { heading });
  try {
    const code = refusal(file);
    if (code) throw new Problem(code);
    const found = await read(file, { signal: ending.signal, barcodes: about.service.barcodes });
    await showReading(found, file);
  } catch (error) {
    if (error instanceof Problem) showProblem(error, file, photo, await canReadHere(error.code));
    else if (!ending.signal.aborted) throw error;
  }
}

/** What went wrong, beside the photo, which is kept for another try: of the service, or `here`, on this device. */
function showProblem(problem, file, photo, here) {
  const sign = icon(problem.code === "unreachable" ? "offline" : "warning");
  const heading = make("h1", { class: "verdict error" }, sign, words("problem.heading"));
  const { max_bytes: most } = about.service;
  const key = problem.code === "too-large" && most ? "problem.too-large" : errorKey(problem.code);
  const values = { size: file.size / 1e6, most: (most ?? 0) / 1e6, code: problem.code };
  byId("busy").replaceChildren(make("div", { class: "card busy" }, photo.isConnected && photo, heading,
    make("p", { text: [key, values] }),
    key === "error.other" && problem.detail && make("p", { class: "soft", lang: "en" }, problem.detail),
    make("div", { class: "row" },
      here && button("read.here", "line", () => readHere([file]), "primary"),
      button("problem.retry", "retry", () => readOne(file), here ? "" : "primary"),
      button("problem.other", "back", startAgain))));
  focusOn(heading);
  announce(key, values);
}

/** @param {boolean} [listed] whether it is one of the table's */
async function showReading({ reading, task }, file, listed = false) {
  const picture = await decode(file);
  const photo = addressOf(file);
  const { view, heading } = readingView(reading, { picture, photo, task, hints: about.hints });
  picture?.close();
  const back = () => show("table", { heading: table.heading });
  const away = listed ? button("result.back", "back", back) : button("result.another", "plus", startAgain);
  const name = listed && make("p", { class: "soft name" }, file.name);
  byId("result").replaceChildren(make("div", {}, make("div", { class: "row again" }, away), name, view));
  show("result", { heading });
  const { vin, confidence: share } = reading;
  announce(vin ? "result.said" : "result.said-none", { vin: [...(vin ?? "")].join(" "), share });
}

async function openCamera() {
  const found = await scan(about.hints);
  if (found) await showReading(found, found.file);
  else byId("open-camera").focus();
}

function listen() {
  takeChosen(byId("choose"), byId("files"), begin);
  takeChosen(byId("take-photo"), byId("photo"), begin);
  byId("open-camera").onclick = openCamera;
  byId("open-camera").hidden = !navigator.mediaDevices?.getUserMedia;
  addEventListener("paste", ({ clipboardData }) => begin([...clipboardData.files]));
  takeDrops(begin);
}

/** Ask what reads here, and say it. */
export async function introduce() {
  try {
    about = await model();
  } catch ({ code }) {
    return say(byId("kept"), code === "not-loaded" ? "error.not-loaded" : "read.unreachable");
  }
  const { kept_days: n, local, offline, version } = about.service;
  say(byId("kept"), local ? "read.local" : n ? "read.kept" : "read.not-kept", { n: n ?? 0 });
  say(byId("version"), "foot.version", { version, model: about.version });
  if (offline) keepReady();
  else if (offline === false) giveUp();
}

history.replaceState({ view: "start" }, "");
await loadTexts();
listen();
introduce();
