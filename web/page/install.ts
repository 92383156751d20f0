/** Keeps the page in the browser, and tells of a new version of it. */

const TAKE = 'take';

interface Told {
  onkept: () => void;
  onupdate: (take: () => void) => void;
}

/**
 * Let the service worker keep the page.
 *
 * `onkept`: told once, when all of it is kept for the first time; `onupdate`: told when a new version is there, with
 * what takes it and reloads the page. Without service workers (a page without HTTPS), nothing is kept.
 */
export async function keep({ onkept, onupdate }: Told): Promise<void> {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  const isFirst = !workers.controller;
  const kept = await workers.register('sw.js');
  const follow = (coming: ServiceWorker | null) => {
    const heed = () => {
      if (coming!.state === 'activated' && isFirst) onkept();
      if (coming!.state === 'installed' && kept.active) onupdate(() => take(workers, coming!));
    };
    coming?.addEventListener('statechange', heed);
    if (coming) heed();
  };
  follow(kept.waiting ?? kept.installing);
  kept.addEventListener('updatefound', () => follow(kept.installing));
}

function take(workers: ServiceWorkerContainer, coming: ServiceWorker): void {
  workers.addEventListener('controllerchange', () => location.reload(), { once: true });
  coming.postMessage(TAKE);
}
