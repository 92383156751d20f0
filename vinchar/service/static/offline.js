/** The page that reads on this device: put into the browser beforehand, and gone to where the service is away. */

import { handOver } from "./handover.js";

const BASE = new URL("offline/", document.baseURI).href;
const WORKER = `${BASE}sw.js`;
const AWAY = ["unreachable", "slow", "http-502", "http-503", "http-504"]; // of the service, or of what stands before it

/** Put it into the browser when there is nothing else to do, unless data are to be saved. */
export function keepReady() {
  if (!navigator.serviceWorker || navigator.connection?.saveData) return;
  const idle = window.requestIdleCallback ?? ((work) => setTimeout(work, 2000));
  idle(() => install().catch((error) => console.info(`the page for offline use is not kept: ${error.message}`)));
}

/** First the page, whole; then what leads to it from the service's own page. */
async function install() {
  const kept = await navigator.serviceWorker.register(WORKER, { scope: BASE });
  const coming = kept.installing ?? kept.waiting;
  if (!kept.active) await new Promise((done) => coming.addEventListener("statechange", () => kept.active && done()));
  await navigator.serviceWorker.register(WORKER, { scope: new URL("../", BASE).href });
}

/** Give both up, where the service has that page no more. */
export async function giveUp() {
  const all = await navigator.serviceWorker?.getRegistrations() ?? [];
  const isOurs = ({ active, waiting, installing }) => (active ?? waiting ?? installing)?.scriptURL === WORKER;
  await Promise.all(all.filter(isOurs).map((kept) => kept.unregister()));
}

/** Whether a problem of this code can be got round on this device. */
export async function canReadHere(code) {
  if (!navigator.serviceWorker || !AWAY.includes(code)) return false;
  const kept = await navigator.serviceWorker.getRegistration(BASE);
  return Boolean(kept?.scope === BASE && kept.active);
}

/** Read files there; `beside`: in another tab, so that what is shown here stays. */
export async function readHere(files, beside = false) {
  const tab = beside && open("", "_blank"); // at once, or the browser takes it for an advertisement
  await handOver(files, BASE);
  (tab || window).location = BASE;
}
