/**
 * The service worker: gives the page its files from the browser's store, and lets nothing else through.
 *
 * With the scope of its own folder it answers GETs of the page's files and takes what other apps share with the page;
 * whatever else the page might ask for, of whomever, is refused. With a wider scope, that of a service whose page it is
 * kept for, it only leads from there to its own folder while the service is away.
 */

import { handOver } from '../../vinchar/service/static/handover.js';
import { Shelf, type Site } from './shelf';

declare const self: ServiceWorkerGlobalScope;
declare const SITE: Omit<Site, 'base'>; // as build.ts writes it

const BASE = new URL('.', location.href).href;
const SHARE = `${BASE}share`; // as the manifest has it
const IS_OWN = self.registration.scope === BASE;
const AWAY = [502, 503, 504]; // what stands before a service says so
const PATIENCE = 8000; // ms for the service to answer

const shelf = new Shelf({ ...SITE, base: BASE }, caches);

self.oninstall = (event) => event.waitUntil(IS_OWN ? shelf.fill() : self.skipWaiting());
self.onactivate = (event) =>
  event.waitUntil(IS_OWN ? shelf.tidy().then(() => self.clients.claim()) : Promise.resolve());
self.onmessage = ({ data }) => data === 'take' && self.skipWaiting();

self.onfetch = (event) => {
  const { request } = event;
  if (IS_OWN) event.respondWith(answer(request).catch(() => Response.error()));
  else if (request.mode === 'navigate' && request.method === 'GET' && isHome(request.url))
    event.respondWith(home(request));
};

async function answer(request: Request): Promise<Response> {
  if (request.method === 'GET') return (await shelf.answer(request.url)) ?? refusal(request);
  if (request.method === 'POST' && request.url === SHARE && request.mode === 'navigate') return shared(request);
  return Response.error();
}

/** Where a person went astray, they get to know. */
function refusal({ mode }: Request): Response {
  return mode === 'navigate' ? Response.redirect(BASE) : Response.error();
}

/** Keep what another app shares until the page takes it. */
async function shared(request: Request): Promise<Response> {
  const files = (await request.formData()).getAll('photos').filter((one) => one instanceof File);
  await handOver(files, BASE);
  return Response.redirect(BASE, 303);
}

function isHome(address: string): boolean {
  const { origin, pathname } = new URL(address);
  return [self.registration.scope, BASE.slice(0, -1)].includes(`${origin}${pathname}`);
}

async function home(request: Request): Promise<Response> {
  const late = new Promise<null>((done) => setTimeout(done, PATIENCE, null));
  const found = await Promise.race([fetch(request).catch(() => null), late]);
  return found && !AWAY.includes(found.status) ? found : Response.redirect(`${BASE}${new URL(request.url).search}`);
}
