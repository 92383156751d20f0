/** Hands files to the page that reads on this device: through the browser's own store, nothing is sent. */

const inboxOf = (base) => `vinchar-inbox ${base}`;

/**
 * Lay files down for the page in the folder `base`. What lay there is given up.
 * @param {File[]} files
 * @param {string} base an address that ends with a slash
 */
export async function handOver(files, base) {
  await caches.delete(inboxOf(base));
  const inbox = await caches.open(inboxOf(base));
  await Promise.all(files.map((file, at) => {
    const headers = { "Vinchar-Name": encodeURIComponent(file.name) };
    return inbox.put(`${base}inbox/${at}`, new Response(file, { headers }));
  }));
}

/** Take the files that lie there; they lie there no more. */
export async function takeOver(base) {
  const inbox = await caches.open(inboxOf(base));
  const answers = await inbox.matchAll();
  const files = await Promise.all(answers.map(async (answer) => {
    const content = await answer.blob();
    return new File([content], decodeURIComponent(answer.headers.get("Vinchar-Name")), { type: content.type });
  }));
  await caches.delete(inboxOf(base));
  return files;
}
