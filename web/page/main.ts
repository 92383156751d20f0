/** The page that reads on this device: the service's page, and what it takes to do without a service. */

import { button, make, notify, words } from '../../vinchar/service/static/dom.js';
import { takeOver } from '../../vinchar/service/static/handover.js';
import { begin } from '../../vinchar/service/static/page.js';
import { open, watch } from './api';
import { keep } from './install';

const BASE = new URL('.', location.href).href;
const MEGABYTE = 1e6;

const news = make('div', { class: 'news', role: 'status', hidden: true });
document.body.append(news);

function tell(...said: HTMLElement[]): void {
  news.replaceChildren(...said);
  news.hidden = said.length === 0;
}

/** Load the reader, and say how far that is. */
async function load(): Promise<void> {
  const bar = make('progress', { max: 1, value: 0, label: 'news.progress' }) as HTMLProgressElement;
  let shown = '';
  watch((loaded, total) => {
    if (loaded === total) return;
    const megabytes = { loaded: Math.round((10 * loaded) / MEGABYTE) / 10, total: Math.round((10 * total) / MEGABYTE) / 10 };
    bar.value = loaded / total;
    if (shown === (shown = JSON.stringify(megabytes))) return;
    tell(words('news.loading', megabytes), bar);
  });
  try {
    await open();
    tell();
  } catch {
    tell(words('error.not-loaded'), button('problem.retry', 'retry', () => location.reload()));
    throw new Error('the reader could not be loaded');
  }
}

async function start(): Promise<void> {
  begin(await takeOver(BASE)); // what was shared with the page, or handed over by the service's
  await load();
  await keep({
    onkept: () => notify('news.kept'),
    onupdate: (take) => tell(words('news.update'), button('news.reload', 'retry', take, 'primary')),
  });
}

await start();
