/** Hands files to the page that reads on this device: through the browser's own store, nothing is sent. */

const LONGEST = 10 * 60_000; // ms that files lie there: later, nobody waits for them

const inboxOf = (base) => `vinchar-inbox ${base}`;

/**
 * Lay files down for the page in the folder `base`, all at once or none.
 * @param {File[]} files
 * @param {string} base an address that ends with a slash
 */
export async function handOver(files, base) {
  if (!files.length) return;
  const form = new FormData();
  for (const file of files) form.append("photos", file);
  const inbox = await caches.open(inboxOf(base));
  await inbox.put(`${base}inbox/${Date.now()}`, new Response(form));
}

/** Take the files that were laid down last; what lies there until then does so no more. */
export async function takeOver(base) {
  const inbox = await caches.open(inboxOf(base));
  const laid = await inbox.keys();
  const since = Date.now() - LONGEST;
  const last = laid.filter(({ url }) => Number(url.split("/").pop()) > since).pop();
  const files = last ? (await (await inbox.match(last)).formData()).getAll("photos") : [];
  await Promise.all(laid.map((one) => inbox.delete(one)));
  return files;
}
