/** The page `/`: from photos, chosen, dropped, pasted or seen by the camera, to what was read. */

import { Problem, model, read } from "./api.js";
import { scan } from "./camera.js";
import { decode } from "./crops.js";
import { announce, button, byId, focusOn, icon, make } from "./dom.js";
import { readingView } from "./reading.js";
import { Table } from "./table.js";
import { loadTexts, say, text } from "./texts.js";

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

addEventListener("popstate", ({ state }) => {
  const view = VIEWS.includes(state?.view) && byId(state.view).childElementCount ? state.view : "start";
  show(view, { remember: false, heading: byId(view).querySelector("h1") });
});

/** The address of a file for this page; that of the file before is given up. */
function addressOf(file) {
  URL.revokeObjectURL(address);
  address = URL.createObjectURL(file);
  return address;
}

/** Why a file need not be sent at all. */
const refusal = (file) => (file.size === 0 ? "empty" : file.size > (about.service.max_bytes ?? Infinity) ? "too-large" : null);

function begin(files) {
  if (files.length === 1) readOne(files[0]);
  else if (files.length) readAll(files);
}

function readAll(files) {
  table = new Table(files, { refusal, onagain: () => byId("files").click(), onopen: (item) => showReading(item, item.file, true) });
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
  byId("busy").replaceChildren(make("div", { class: "card busy" }, photo, make("div", { class: "spinner", "aria-hidden": "true" }), heading, cancel));
  show("busy", { heading });
  try {
    const code = refusal(file);
    if (code) throw new Problem(code);
    const found = await read(file, { signal: ending.signal });
    await showReading(found, file);
  } catch (error) {
    if (error instanceof Problem) showProblem(error, file, photo);
    else if (!ending.signal.aborted) throw error;
  }
}

/** What went wrong, beside the photo, which is kept for another try. */
function showProblem(problem, file, photo) {
  const heading = make("h1", { class: "verdict error" }, icon(problem.code === "unreachable" ? "offline" : "warning"), make("span", { text: "problem.heading" }));
  const { max_bytes: most } = about.service;
  const known = text(`error.${problem.code}`) !== `error.${problem.code}`;
  const key = problem.code === "too-large" && most ? "problem.too-large" : known ? `error.${problem.code}` : "error.other";
  const values = { size: file.size / 1e6, most: (most ?? 0) / 1e6, code: problem.code };
  byId("busy").replaceChildren(make("div", { class: "card busy" }, photo.isConnected && photo, heading,
    make("p", { text: [key, values] }),
    !known && problem.detail && make("p", { class: "soft", lang: "en" }, problem.detail),
    make("div", { class: "row" },
      button("problem.retry", "retry", () => readOne(file), "primary"),
      button("problem.other", "back", () => show("start", { heading: byId("start").querySelector("h1") })))));
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
  const again = make("div", { class: "row again" },
    listed ? button("result.back", "back", back) : button("result.another", "plus", () => show("start", { heading: byId("start").querySelector("h1") })));
  byId("result").replaceChildren(make("div", {}, again, listed && make("p", { class: "soft name" }, file.name), view));
  show("result", { heading });
  announce(reading.vin ? "result.said" : "result.said-none", { vin: [...(reading.vin ?? "")].join(" "), share: reading.confidence });
}

async function openCamera() {
  const found = await scan(about.hints);
  if (found) await showReading(found, found.file);
  else byId("open-camera").focus();
}

function listen() {
  byId("choose").onclick = () => byId("files").click();
  byId("take-photo").onclick = () => byId("photo").click();
  byId("open-camera").onclick = openCamera;
  byId("open-camera").hidden = !navigator.mediaDevices?.getUserMedia;
  for (const input of [byId("files"), byId("photo")]) {
    input.onchange = () => {
      begin([...input.files]);
      input.value = "";
    };
  }
  addEventListener("paste", ({ clipboardData }) => begin([...clipboardData.files]));
  let depth = 0; // dragenter and dragleave come for every element passed over
  const over = (step) => (byId("dropping").hidden = (depth = Math.max(0, depth + step)) === 0);
  addEventListener("dragenter", () => over(1));
  addEventListener("dragleave", () => over(-1));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    over(-depth);
    begin([...event.dataTransfer.files]);
  });
}

async function introduce() {
  try {
    about = await model();
  } catch {
    return say(byId("kept"), "read.unreachable");
  }
  const { kept_days: n, version } = about.service;
  say(byId("kept"), n ? "read.kept" : "read.not-kept", { n: n ?? 0 });
  say(byId("version"), "foot.version", { version, model: about.version });
}

history.replaceState({ view: "start" }, "");
await loadTexts();
listen();
await introduce();
