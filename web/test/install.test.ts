import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keep } from '../page/install';

class Worker extends EventTarget {
  postMessage = vi.fn();
  constructor(public state: string) {
    super();
  }
  become(state: string): void {
    this.state = state;
    this.dispatchEvent(new Event('statechange'));
  }
}

type Kept = Partial<Record<'active' | 'waiting' | 'installing', Worker | null>>;

const reload = vi.fn();
const persist = vi.fn();
const told = { onkept: vi.fn(), onfail: vi.fn(), onupdate: vi.fn() };

/** Let a browser that has these workers keep the page; return what it has of workers, and of the page's. */
async function kept(how: Kept) {
  const registration = Object.assign(new EventTarget(), { active: null, waiting: null, installing: null, ...how });
  const register = async () => registration;
  const workers = Object.assign(new EventTarget(), { controller: registration.active, register });
  vi.stubGlobal('navigator', { serviceWorker: workers, storage: { persist } });
  await keep(told);
  return { registration, workers };
}

beforeEach(() => {
  vi.clearAllMocks();
  vi.stubGlobal('location', { reload });
});

afterEach(() => vi.unstubAllGlobals());

test('what is kept for the first time is told, and the browser is asked to hold on to it', async () => {
  const installing = new Worker('installing');
  const { registration } = await kept({ installing });
  installing.become('installed');
  registration.active = installing as never;
  installing.become('activated');
  expect([told.onkept, persist, told.onupdate, told.onfail].map(({ mock }) => mock.calls.length)).toEqual([1, 1, 0, 0]);
});

test('a page that cannot be kept is told, unless an older version is', async () => {
  for (const [active, times] of [
    [null, 1],
    [new Worker('activated'), 0],
  ] as const) {
    told.onfail.mockClear();
    const installing = new Worker('installing');
    await kept({ active, installing });
    installing.become('redundant');
    expect(told.onfail).toHaveBeenCalledTimes(times);
  }
});

test('a new version that comes while another waits is offered, too', async () => {
  const [waiting, installing] = [new Worker('installed'), new Worker('installing')];
  await kept({ active: new Worker('activated'), waiting, installing });
  expect(told.onupdate).toHaveBeenCalledTimes(1);
  installing.become('installed');
  expect(told.onupdate).toHaveBeenCalledTimes(2);
});

test('a new version is taken with a reload, at once where another tab took it', async () => {
  const waiting = new Worker('installed');
  const { workers } = await kept({ active: new Worker('activated'), waiting });
  const take = told.onupdate.mock.calls[0][0];
  take();
  expect(waiting.postMessage).toHaveBeenCalledWith('take');
  expect(reload).not.toHaveBeenCalled();
  workers.dispatchEvent(new Event('controllerchange'));
  expect(reload).toHaveBeenCalledTimes(1);
  waiting.become('activated');
  take();
  expect(reload).toHaveBeenCalledTimes(2);
  expect(waiting.postMessage).toHaveBeenCalledTimes(1);
});
