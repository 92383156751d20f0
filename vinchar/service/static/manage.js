/** What comes to the desk and what leaves it: pictures to label, labels to download. */

import { Problem } from "./api.js";
import * as desk from "./desk.js";
import { byId, make, save, takeChosen, takeDrops, words } from "./dom.js";
import { errorKey } from "./texts.js";

/**
 * Listen to the buttons of `#manage`, and to what is dropped.
 * @param {{doing: (work: () => Promise<void>) => Promise<void>, after: () => Promise<void>}} how
 *   `doing`: runs one thing at a time and says what went wrong; `after`: is done when pictures were added
 */
export function manage({ doing, after }) {
  const take = (files) => files.length && doing(() => addAll(files, after));
  takeChosen(byId("add"), byId("files"), take);
  takeDrops(take);
  for (const button of document.querySelectorAll("[data-download]")) {
    const { download, name } = button.dataset;
    button.onclick = () => doing(async () => save(await desk.download(download), name));
  }
}

/** Send one after the other, so that each is read before the next is on its way. */
async function addAll(files, after) {
  const bar = Object.assign(byId("adding"), { max: files.length, value: 0, hidden: false });
  const looks = byId("twice").checked ? 2 : 1;
  let [added, known] = [0, 0];
  const refused = [];
  try {
    for (const file of files) {
      const one = await addOne(file, looks);
      added += one.added.length;
      known += one.known;
      refused.push(...one.refused);
      bar.value += 1;
    }
  } finally {
    bar.hidden = true;
    byId("added").replaceChildren(make("div", {},
      make("p", { text: ["add.done", { n: added }] }),
      known > 0 && make("p", { text: ["add.known", { n: known }] }),
      make("ul", { class: "bad" }, ...refused.map(({ image, code }) =>
        make("li", {}, `${image}: `, words(errorKey(code), { code }))))));
  }
  await after();
}

/** Add a picture; what is wrong with it alone does not keep back the rest. */
async function addOne(file, looks) {
  try {
    return await desk.add(file, looks);
  } catch (problem) {
    const goOn = problem instanceof Problem && !["no-key", "unreachable", "slow", "not-found"].includes(problem.code);
    if (!goOn) throw problem;
    return { added: [], known: 0, refused: [{ image: file.name, code: problem.code }] };
  }
}
