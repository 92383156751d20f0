/** The page that reads on this device: the service's page, and what it takes to do without a service. */

import { announce, button, make, notify } from '../../vinchar/service/static/dom.js';
import { takeOver } from '../../vinchar/service/static/handover.js';
import { begin, introduce } from '../../vinchar/service/static/page.js';
import { say } from '../../vinchar/service/static/texts.js';
import { watch } from './api';
import { keep } from './install';

const BASE = new URL('.', location.href).href;

const news = make('div', { class: 'news', hidden: true });
const bar = make('progress', { max: 1, value: 0, label: 'news.progress' }) as HTMLProgressElement;
const amount = make('span', { class: 'soft' });
const progress = make('div', {}, bar, amount);
const text = make('span');
document.body.append(news);

/** Show a line at the foot of the page, and say it once. */
function tell(key: string, beside: HTMLElement): void {
  if (news.hidden || text.dataset.text !== key) announce(key);
  say(text, key);
  news.replaceChildren(text, beside);
  news.hidden = false;
}

let isKept = false; // or being so
let offer: (() => void) | null = null; // of a new version, where there is one

/** Keep the page, so that it is there without a network, and a new version is offered even where this one fails. */
function keepPage(): void {
  if (isKept) return;
  isKept = true;
  const onfail = () => {
    isKept = false;
    notify('news.not-kept');
  };
  const onupdate = (take: () => void) => {
    offer = () => tell('news.update', button('news.reload', 'retry', take, 'primary'));
    offer();
  };
  keep({ onkept: () => notify('news.kept'), onfail, onupdate }).catch(onfail);
}

watch({
  onprogress(loaded, total) {
    const [here, all] = [loaded, total].map((bytes) => Math.round(bytes / 1e5) / 10); // megabytes
    bar.value = loaded / total;
    say(amount, 'news.amount', { loaded: here, total: all });
    if (news.hidden || !bar.isConnected) tell('news.loading', progress);
  },
  onopen() {
    news.hidden = true;
    introduce();
    keepPage();
    offer?.();
  },
  onfail() {
    tell('error.not-loaded', button('problem.retry', 'retry', introduce));
    keepPage();
    offer?.();
  },
});

if ('caches' in window) begin(await takeOver(BASE)); // what was shared with the page, or handed over by the service's
