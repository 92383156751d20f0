/** The page `/review`: one picture after the other, until every VIN is settled. */

import { Problem, model } from "./api.js";
import { decode, strip } from "./crops.js";
import * as desk from "./desk.js";
import { announce, byId, focusOn, icon, make, notify, words } from "./dom.js";
import { Fields } from "./fields.js";
import { manage } from "./manage.js";
import { verdict } from "./reading.js";
import { errorKey, loadTexts, say } from "./texts.js";
import { Viewer } from "./viewer.js";
import { judge } from "./vin.js";

const LOOK_AGAIN = 30_000; // ms, where nothing is left
const MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const [ALT, SHIFT] = MAC ? ["⌥ ", "⇧ "] : ["Alt+", "Shift+"];
const KEYS = {
  save: "Enter", skip: "Esc", unreadable: `${ALT}U`, undo: `${ALT}Z`, choose: `${SHIFT}1–3`, move: "← →",
};
const GONE = ["taken", "not-found"]; // problems of a task that is somebody else's now

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
    else if (task) tell(problem);
    else empty("desk.stopped", tell(problem));
  } finally {
    busy = false;
    document.body.classList.remove("waiting");
  }
}

function tell({ code }) {
  const key = code === "unreachable" || code === "slow" ? "desk.unreachable" : errorKey(code);
  notify(key, { code });
  return key;
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

/** Somebody else has the task that is on the desk: go on with another. */
const lost = (problem) => doing(() => orNext(() => Promise.reject(problem)));

/** Do something with a task; where it is somebody else's meanwhile, say so and go on with another. */
async function orNext(work) {
  try {
    await work();
  } catch (problem) {
    if (!GONE.includes(problem.code)) throw problem;
    await goOn();
    tell(problem);
  }
}

/** Show what comes next. */
async function goOn() {
  back = 0;
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  const found = await desk.next(lost);
  if (found) await present(found);
  else empty("desk.nothing", "desk.nothing-why");
  tally();
}

/** Show a certain task, such as one of the own answers. */
async function open(id) {
  if (task) await desk.release();
  await orNext(async () => {
    await present(await desk.take(id, lost));
    tally();
  });
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
  byId("facts").replaceChildren(facts(reading, mine));
  fields.show(reading, picture, mine?.vin ?? reading.vin);
  picture?.close();
  if (matchMedia("(hover: hover)").matches) fields.focusDoubt();
  else focusOn(byId("task")); // on a phone the keyboard would cover the picture
  judgeNow();
  announce("desk.shown", { image });
}

/** What the service read, and what the clerk said of it before. */
function facts({ status, vin, confidence, maker, model_year: years, reasons }, mine) {
  const sure = vin && words("number.share", { share: confidence }, "soft");
  return make("div", {},
    make("p", { class: `verdict ${status}` }, ...verdict(status), sure),
    mine && make("p", { text: mine.vin ? ["desk.said", { vin: mine.vin }] : "desk.said-unreadable" }),
    maker && make("p", { class: "soft" }, [maker, ...years].join(", ")),
    reasons.length > 0 && why(reasons));
}

/** The reasons as they were given, in English; open where there is room. */
function why(reasons) {
  const list = make("ul", { class: "soft", lang: "en" }, ...reasons.map((reason) => make("li", {}, reason)));
  const folded = make("details", {}, make("summary", { text: "desk.why" }), list);
  folded.open = matchMedia("(min-width: 800px)").matches;
  return folded;
}

/** Say what is to be said of what is in the fields. */
function judgeNow() {
  const { state, missing, expected } = judge(fields.value);
  const icons = { incomplete: "minus", invalid: "warning", valid: "check", not_required: "check" };
  const line = byId("judgement");
  line.className = `judgement ${state}`;
  line.replaceChildren(icon(icons[state]), words(`judge.${state}`, { n: missing, expected }));
}

async function settle(said, vin = null) {
  await orNext(async () => {
    await desk.answer(task.id, said, vin);
    task = null;
    await goOn();
  });
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

/** Show how much there is to do, and what was answered here last, while the clerk goes on. */
async function tally() {
  const [counts, answers] = await Promise.all([desk.counts(), me && desk.answered(me)]).catch(() => []);
  if (!counts) return; // they are told next time
  own = answers ?? [];
  const done = counts.settled + counts.unreadable;
  const left = counts.open + counts.disputed;
  say(byId("tally"), "desk.tally", { left, done, mine: counts.reviewers[me] ?? 0 });
  Object.assign(byId("progress"), { max: Math.max(left + done, 1), value: done, hidden: !(left + done) });
  byId("rename").hidden = !me;
  byId("rename").disabled = me !== desk.name(); // else the key says who it is
  byId("name").textContent = me ?? "";
  byId("manage").hidden = false;
  byId("own").hidden = !own.length;
  byId("own").querySelector("ul").replaceChildren(...own.map(({ id, image, answers }) => {
    const said = answers.find(({ reviewer }) => reviewer === me);
    const correct = { type: "button", label: ["own.correct", { image }], onclick: () => doing(() => open(id)) };
    return make("li", {},
      said?.vin ? make("code", {}, said.vin) : words("own.unreadable"), make("span", { class: "soft name" }, image),
      make("button", correct, icon("edit"), words("result.correct")));
  }));
}

function listenToKeys() {
  const verbs = { KeyU: "unreadable", KeyS: "skip", KeyZ: "undo" };
  addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || event.ctrlKey || event.metaKey || event.isComposing) return;
    const verb = event.altKey ? verbs[event.code] : event.key === "Escape" && "skip";
    if (!verb || (!task && verb !== "undo")) return;
    event.preventDefault();
    if (!event.repeat) byId(verb).click();
  });
  byId("legend").append(...Object.entries(KEYS).map(([does, keys]) =>
    make("li", {}, make("kbd", {}, keys), " ", words(`legend.${does}`))));
}

function listen() {
  document.querySelector(".answer").onsubmit = (event) => (event.preventDefault(), enter());
  byId("skip").onclick = () => doing(() => settle("skip"));
  byId("unreadable").onclick = () => doing(() => settle("unreadable"));
  byId("undo").onclick = undo;
  byId("look").onclick = () => doing(start);
  byId("rename").onclick = () => doing(() => (task = null, askName(), desk.release()));
  byId("who").querySelector("form").onsubmit = (event) => {
    event.preventDefault();
    desk.setName(byId("who").querySelector("input").value.trim());
    doing(start);
  };
  manage({ doing, after: () => (task ? tally() : goOn()) });
  addEventListener("hashchange", () => doing(start));
  addEventListener("pageshow", ({ persisted }) => persisted && doing(start)); // what was held was given back
  setInterval(() => !byId("nothing").hidden && !document.hidden && doing(lookAgain), LOOK_AGAIN);
}

/** See whether there is something to do again; if not, disturb nobody. */
async function lookAgain() {
  const found = await desk.next(lost);
  if (!found) return;
  await present(found);
  tally();
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
