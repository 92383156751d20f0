/** The desk: which task is held and for how long, what is answered, what is left. */

import { ask } from "./api.js";

const NAME = "vinchar-reviewer";
const RENEW = 120_000; // ms; a lease ends after ten minutes
const LAST = 10; // own answers that are shown

let held = null; // the number of the task that is open here
let timer = 0;

/** The name the clerk gave; a service that knows people by their keys passes it over. */
export const name = () => localStorage.getItem(NAME);
export const setName = (given) => localStorage.setItem(NAME, given);

const post = (path, more, how) =>
  ask(`v1/desk/${path}`, { method: "POST", body: { reviewer: name(), ...more }, ...how });

/** Keep a task from others as long as it is open here; `lost` is called when somebody has it all the same. */
function hold(task, lost) {
  held = task.id;
  clearInterval(timer);
  timer = setInterval(async () => {
    try {
      await post(`tasks/${task.id}/lease`);
    } catch (problem) {
      if (["taken", "not-found"].includes(problem.code) && held === task.id) lost(problem);
    }
  }, RENEW);
  return task;
}

/** What comes next, or null. */
export async function next(lost) {
  const answer = await post("next");
  return answer.status === 204 ? null : hold(await answer.json(), lost);
}

export const take = async (id, lost) => hold(await (await post(`tasks/${id}/lease`)).json(), lost);

/** Give back what is held. Works while the page is being left, too. */
export async function release() {
  if (held === null) return;
  const id = held;
  letGo();
  await post(`tasks/${id}/release`, {}, { keepalive: true, patience: 0 }).catch(() => {}); // else the lease just ends
}

function letGo() {
  held = null;
  clearInterval(timer);
}

/** @param {"read" | "unreadable" | "skip"} verdict */
export async function answer(id, verdict, vin = null) {
  const task = await (await post(`tasks/${id}/answer`, { verdict, vin })).json();
  letGo();
  return task;
}

export const counts = async () => (await ask("v1/desk")).json();
export const picture = async (id) => (await ask(`v1/desk/tasks/${id}/picture`, { seconds: 60 })).blob();
export const download = async (path) => (await ask(`v1/desk/${path}`, { seconds: 300 })).blob();

/** What somebody answered, the last first. */
export async function answered(by) {
  const query = new URLSearchParams({ answered_by: by, reviewer: by, limit: LAST });
  return (await ask(`v1/desk/tasks?${query}`)).json();
}

/** Add a picture to be labelled. @returns {Promise<{added: number[], known: number, refused: object[]}>} */
export async function add(file, looks) {
  const body = new FormData();
  body.append("files", file, file.name);
  return (await ask(`v1/desk/tasks?looks=${looks}`, { method: "POST", body, seconds: 120 })).json();
}

addEventListener("pagehide", release);
