import type { Charts, CoverageAnswer, PageMessage, Refusal, Session } from '../model/page-protocol.ts';
import type { Act } from '../model/trace.ts';
import { store } from './store.ts';
import { textIn } from './texts.ts';

async function get<Answer>(path: string): Promise<Answer> {
  const response = await fetch(path, { headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return (await response.json()) as Answer;
}

/** Begins to follow the terminal, and goes on by itself when the process was away. */
export async function connect(): Promise<void> {
  const session = await get<Session>('/api/session');
  store.replace(session.header, [], 'connecting');
  store.set({ session });
  void get<Charts>('/api/charts').then((charts) => store.set({ charts }));
  listen();
}

function listen(): void {
  const source = new EventSource(`/api/events?after=${store.events.length - 1}`);
  source.addEventListener('open', () => {
    if (store.state.link !== 'file') store.set({ link: 'live' });
  });
  source.addEventListener('message', ({ data }: MessageEvent<string>) => {
    if (store.state.link === 'file') return;
    const message = JSON.parse(data) as PageMessage;
    if (message.type === 'events') store.grow(message.events);
    else if (message.type === 'refused') showRefusal(message.refusal);
    else store.set({ now: message.now, ...(message.now.pinPad.isAsking ? {} : { pinDots: 0 }) });
  });
  source.addEventListener('error', () => {
    if (store.state.link !== 'file') store.set({ link: 'lost' });
  });
}

/** Asks what was ever taken; says so where nobody knows. */
export function loadCoverage(): void {
  get<CoverageAnswer>('/api/coverage')
    .then((coverage) => store.set({ coverage }))
    .catch(() => store.set({ notice: textIn(store.state.language)('noCoverage') }));
}

async function post(path: string, body: unknown): Promise<void> {
  const { session } = store.state;
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-fenqi-token': session?.token ?? '' },
    body: JSON.stringify(body),
  });
  if (response.ok) return store.set({ notice: '' });
  if (response.status !== 422) return store.set({ notice: `${response.status}` });
  showRefusal((await response.json()) as Refusal);
}

function showRefusal({ problems }: Refusal): void {
  const { language } = store.state;
  store.set({ notice: problems.map((problem) => problem[language]).join('; ') });
}

/** What was done last. Requests of one page overtake each other, and the keys of an amount must not. */
let lastDone: Promise<void> = Promise.resolve();

function inOrder(path: string, body: unknown): void {
  lastDone = lastDone.then(() => post(path, body)).catch(() => store.set({ link: 'lost' }));
}

/** One step of a scenario, done now. What is typed on the PIN pad goes through here and is kept nowhere. */
export function act(step: Act): void {
  if (store.state.link !== 'live' || store.state.cursor !== undefined) return;
  inOrder('/api/act', { step });
}

const PIN_DIGITS_MAX = 12;

/** A key of the customer's PIN pad. It goes out at once; what stays is how many digits there are. */
export function typeOnPinPad(key: string): void {
  const { now, pinDots, link, cursor } = store.state;
  if (now?.pinPad.isAsking !== true || link !== 'live' || cursor !== undefined) return;
  const isDigit = /^\d$/.test(key);
  act({ customer: isDigit ? { type: key } : { press: key } });
  store.set({ pinDots: isDigit ? Math.min(PIN_DIGITS_MAX, pinDots + 1) : 0 });
}

export function setClock(change: { readonly speed: number } | { readonly skipMs: number }): void {
  inOrder('/api/clock', change);
}
