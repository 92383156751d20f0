/** Keeps the page in the browser, and tells of a new version of it. */

const TAKE = 'take';

interface Told {
  onkept: () => void;
  onfail: () => void;
  onupdate: (take: () => void) => void;
}

/**
 * Let the service worker keep the page.
 *
 * `onkept`: told once, when all of it is kept for the first time; `onfail`: told when that failed and no version is
 * kept; `onupdate`: told when a new version is there, with what takes it and reloads the page. Without service workers
 * (a page without HTTPS), nothing is kept. Throws if the browser takes no service worker.
 */
export async function keep({ onkept, onfail, onupdate }: Told): Promise<void> {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  const isFirst = !workers.controller;
  const kept = await workers.register('sw.js');
  const follow = (coming: ServiceWorker | null) => {
    const heed = () => {
      if (coming!.state === 'activated' && isFirst) {
        navigator.storage?.persist?.(); // or the browser may give it up when space is short
        onkept();
      }
      if (coming!.state === 'installed' && kept.active) onupdate(() => take(workers, coming!));
      if (coming!.state === 'redundant' && !kept.active) onfail();
    };
    coming?.addEventListener('statechange', heed);
    if (coming) heed();
  };
  follow(kept.waiting);
  follow(kept.installing);
  kept.addEventListener('updatefound', () => follow(kept.installing));
}

function take(workers: ServiceWorkerContainer, coming: ServiceWorker): void {
  if (coming.state === 'installed') {
    workers.addEventListener('controllerchange', () => location.reload(), { once: true });
    coming.postMessage(TAKE);
  } else location.reload(); // another tab took it
}
