/** The page `/review`: one picture after the other, until every VIN is settled. */

import { Problem, model } from "./api.js";
import { decode, strip } from "./crops.js";
import * as desk from "./desk.js";
import { announce, byId, focusOn, icon, make, notify, save } from "./dom.js";
import { Fields } from "./fields.js";
import { verdict } from "./reading.js";
import { loadTexts, say, text } from "./texts.js";
import { Viewer } from "./viewer.js";
import { judge } from "./vin.js";

const LOOK_AGAIN = 30_000; // ms, where nothing is left
const MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const KEYS = [["Enter", "save"], ["Esc", "skip"], [MAC ? "⌥ U" : "Alt+U", "unreadable"], [MAC ? "⌥ Z" : "Alt+Z", "undo"], ["⇧ 1–3", "choose"], ["← →", "move"]];

let keyed = false; // whether the service asks for keys, which may have names
let me = null; // the clerk's name, as the desk knows it
let task = null; // what is on the desk
let shown = ""; // address of its picture
let back = 0; // how many of the own answers one has gone back
let own = []; // own answers, the last first
let doubtful = null; // a VIN with a wrong check digit that is saved when it is entered once more
let busy = false;

const viewer = new Viewer(document.querySelector(".viewer"));
const fields = new Fields(byId("fields"), { onchange: judgeNow, onnotice: notify });

/** Do one thing at a time, and say what went wrong. */
async function doing(work) {
  if (busy) return;
  busy = true;
  document.body.classList.add("waiting");
  try {
    await work();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.code === "bad-request" && !desk.name()) askName();
    else tell(problem);
  } finally {
    busy = false;
    document.body.classList.remove("waiting");
  }
}

function tell({ code }) {
  const key = code === "unreachable" || code === "slow" ? "desk.unreachable" : `error.${code}`;
  if (text(key) === key) notify("error.other", { code });
  else notify(key);
  if (!task) empty("desk.stopped", key);
}

function show(...sections) {
  for (const id of ["who", "work", "nothing"]) byId(id).hidden = !sections.includes(id);
}

function askName() {
  show("who");
  byId("manage").hidden = true;
  byId("who").querySelector("input").value = desk.name() ?? "";
  byId("who").querySelector("input").focus();
}

function empty(heading, why) {
  task = null;
  show("nothing");
  say(byId("nothing-heading"), heading);
  say(byId("nothing-why"), why);
  focusOn(byId("nothing-heading"));
}

/** Something else has the task that is on the desk: go on with another. */
function lost(problem) {
  tell(problem);
  doing(goOn);
}

/** Show what comes next. */
async function goOn() {
  back = 0;
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  const found = await desk.next(lost);
  if (found) await present(found);
  else empty("desk.nothing", "desk.nothing-why");
  await tally();
}

/** Show a certain task, such as one of the own answers. */
async function open(id) {
  if (task) await desk.release();
  try {
    await present(await desk.take(id, lost));
  } catch (problem) {
    if (!["taken", "not-found"].includes(problem.code)) throw problem;
    tell(problem);
    return goOn();
  }
  await tally();
}

async function present(found) {
  const { id, reading, width, height, image, looks, answers } = found;
  const blob = await desk.picture(id);
  const picture = await decode(blob);
  URL.revokeObjectURL(shown);
  shown = URL.createObjectURL(blob);
  task = found;
  me = found.leased_by ?? desk.name();
  doubtful = null;
  show("work");
  byId("manage").hidden = false;
  say(byId("task"), looks > 1 ? "desk.task-looks" : "desk.task", { id: String(id), image, n: looks });
  viewer.show(shown, width, height, reading.quad);
  byId("strip").replaceChildren(...(picture && reading.quad ? [strip(picture, reading.quad, 72)] : []));
  const mine = answers.find(({ reviewer }) => reviewer === me);
  byId("facts").replaceChildren(
    make("p", { class: `verdict ${reading.status}` }, ...verdict(reading.status), reading.vin && make("span", { class: "soft", text: ["share", { share: reading.confidence }] })),
    ...(mine ? [make("p", { text: mine.vin ? ["desk.said", { vin: mine.vin }] : "desk.said-unreadable" })] : []),
    ...(reading.maker ? [make("p", { class: "soft" }, [reading.maker, ...reading.model_year].join(", "))] : []),
    ...(reading.reasons.length ? [make("ul", { class: "soft", lang: "en" }, ...reading.reasons.map((reason) => make("li", {}, reason)))] : []));
  fields.show(reading, picture, mine?.vin ?? reading.vin);
  picture?.close();
  judgeNow();
  announce("desk.shown", { image });
}

/** Say what is to be said of what is in the fields. */
function judgeNow() {
  const { state, missing, expected } = judge(fields.value);
  const icons = { incomplete: "minus", invalid: "warning", valid: "check", not_required: "check" };
  const line = byId("judgement");
  line.className = `judgement ${state}`;
  line.replaceChildren(icon(icons[state]), make("span", { text: [`judge.${state}`, { n: missing, expected }] }));
}

async function settle(said, vin = null) {
  const { id } = task;
  await desk.answer(id, said, vin);
  task = null;
  await goOn();
}

function enter() {
  const vin = fields.value;
  const { state, missing, expected } = judge(vin);
  if (missing) {
    notify("judge.incomplete", { n: missing });
    return fields.focus(vin.indexOf(" "));
  }
  if (state === "invalid" && doubtful !== vin) {
    doubtful = vin;
    notify("desk.again", { expected });
    return fields.focus(8);
  }
  doing(() => settle("read", vin));
}

function undo() {
  const [before] = own.slice(back);
  if (!before) return notify("desk.no-undo");
  back += 1;
  doing(() => open(before.id));
}

/** Show how much there is to do, and what was answered here last. */
async function tally() {
  const counts = await desk.counts();
  const done = counts.settled + counts.unreadable;
  const left = counts.open + counts.disputed;
  say(byId("tally"), "desk.tally", { left, done, mine: counts.reviewers[me] ?? 0 });
  Object.assign(byId("progress"), { max: Math.max(left + done, 1), value: done, hidden: !(left + done) });
  byId("rename").hidden = !me;
  byId("name").textContent = me ?? "";
  byId("manage").hidden = false;
  own = me ? await desk.answered(me) : [];
  byId("own").hidden = !own.length;
  byId("own").querySelector("ul").replaceChildren(...own.map(({ id, image, answers }) => {
    const said = answers.find(({ reviewer }) => reviewer === me);
    return make("li", {}, said?.vin ? make("code", {}, said.vin) : make("span", { text: "own.unreadable" }), make("span", { class: "soft name" }, image),
      make("button", { type: "button", label: ["own.correct", { image }], onclick: () => doing(() => open(id)) }, icon("edit"), make("span", { text: "result.correct" })));
  }));
}

async function addAll(files) {
  if (!files.length) return;
  const bar = Object.assign(byId("adding"), { max: files.length, value: 0, hidden: false });
  const looks = byId("twice").checked ? 2 : 1;
  const all = { added: 0, known: 0, refused: [] };
  try {
    for (const file of files) {
      const { added, known, refused } = await desk.add(file, looks);
      all.added += added.length;
      all.known += known;
      all.refused.push(...refused);
      bar.value += 1;
    }
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    tell(problem);
  }
  bar.hidden = true;
  byId("added").replaceChildren(
    make("p", { text: ["add.done", { n: all.added }] }), all.known ? make("p", { text: ["add.known", { n: all.known }] }) : "",
    make("ul", { class: "bad" }, ...all.refused.map(({ image, code }) => make("li", {}, `${image}: `, make("span", { text: [`error.${code}`, { code }] })))));
  await doing(task ? tally : goOn);
}

function listenToKeys() {
  const verbs = { KeyU: "unreadable", KeyS: "skip", KeyZ: "undo" };
  addEventListener("keydown", (event) => {
    if (!task || document.querySelector("dialog[open]") || event.ctrlKey || event.metaKey || event.isComposing) return;
    const verb = event.altKey ? verbs[event.code] : event.key === "Escape" && "skip";
    if (!verb) return;
    event.preventDefault();
    if (!event.repeat) byId(verb).click();
  });
  byId("legend").append(...KEYS.map(([keys, does]) => make("li", {}, make("kbd", {}, keys), " ", make("span", { text: `legend.${does}` }))));
}

function listen() {
  document.querySelector(".answer").onsubmit = (event) => (event.preventDefault(), enter());
  byId("skip").onclick = () => doing(() => settle("skip"));
  byId("unreadable").onclick = () => doing(() => settle("unreadable"));
  byId("undo").onclick = undo;
  byId("look").onclick = () => doing(start);
  byId("rename").onclick = () => doing(async () => (await desk.release(), (task = null), askName()));
  byId("who").querySelector("form").onsubmit = (event) => {
    event.preventDefault();
    desk.setName(byId("who").querySelector("input").value.trim());
    doing(start);
  };
  byId("add").onclick = () => byId("files").click();
  byId("files").onchange = ({ target }) => (addAll([...target.files]), (target.value = ""));
  for (const button of document.querySelectorAll("[data-download]")) {
    const path = button.dataset.download;
    const file = { "labels.csv": "labels.csv", "export.zip?form=csv": "labels.zip", "export.zip?form=doctr": "labels-doctr.zip" }[path];
    button.onclick = () => doing(async () => save(await desk.download(path), file));
  }
  let depth = 0; // dragenter and dragleave come for every element passed over
  const over = (step) => (byId("dropping").hidden = (depth = Math.max(0, depth + step)) === 0);
  addEventListener("dragenter", () => over(1));
  addEventListener("dragleave", () => over(-1));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    over(-depth);
    addAll([...event.dataTransfer.files]);
  });
  addEventListener("hashchange", () => doing(start));
  addEventListener("pageshow", ({ persisted }) => persisted && doing(start)); // what was held was given back
  setInterval(() => !task && !byId("nothing").hidden && !document.hidden && doing(goOnQuietly), LOOK_AGAIN);
}

/** Look whether there is something to do again. */
async function goOnQuietly() {
  const { open: left, disputed } = await desk.counts();
  if (left + disputed) await goOn();
}

async function start() {
  const asked = /^#(\d+)$/.exec(location.hash);
  if (!keyed && !desk.name()) return askName();
  await (asked ? open(asked[1]) : goOn());
}

await loadTexts();
listen();
listenToKeys();
await doing(async () => {
  keyed = (await model()).service.key_required;
  await start();
});
