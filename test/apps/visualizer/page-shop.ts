import { request } from 'node:http';
import { servePage, type PageServer } from '../../../apps/visualizer/http-server.ts';
import { Session } from '../../../apps/visualizer/session.ts';
import { DEFAULT_SETTINGS, type TerminalSettings } from '../../../firmware/settings.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';
import { VIRTUAL_EPOCH_MS, VirtualClock } from '../../../hal-mock/time.ts';
import type { Act } from '../../../visualizer/model/trace.ts';

/** A session whose real time the test moves, and hands that wait for the terminal as a person would. */
export class PageShop {
  readonly time: VirtualClock;
  readonly session: Session;

  private constructor(time: VirtualClock, session: Session) {
    this.time = time;
    this.session = session;
  }

  static async open(settings: TerminalSettings = DEFAULT_SETTINGS): Promise<PageShop> {
    const time = new VirtualClock();
    const source = {
      nowMs: () => time.monotonicMs(),
      setTimeout: (callback: () => void, delayMs: number) => time.setTimeout(callback, delayMs),
      clearTimeout: (timer: unknown) => time.clearTimeout(timer as object),
    };
    const world = {
      settings,
      random: new SeededRandom(1),
      transport: 'memory',
      network: 'memory',
      hasQuickPinPad: true,
    } as const;
    return new PageShop(time, await Session.open(world, source, VIRTUAL_EPOCH_MS));
  }

  get screen(): string {
    const shown = this.session.recorder.events.findLast(({ kind }) => kind === 'screen');
    return shown?.kind === 'screen' ? shown.screen.id : '';
  }

  shows(screen: string): Promise<void> {
    return this.time.runUntil(() => this.screen === screen, 120_000, `screen ${screen}`);
  }

  /** One act, with the time that it waits for the terminal. */
  async does(step: Act): Promise<void> {
    await this.time.resolve(this.session.act(step), 60_000, JSON.stringify(step));
    await this.time.settle();
  }

  async keys(...keys: readonly string[]): Promise<void> {
    for (const press of keys) await this.does({ cashier: { press } });
  }

  acts(): readonly Act[] {
    return this.session.recorder.events.flatMap((event) => (event.kind === 'act' ? [event.act] : []));
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Asks as any program on this machine could, with whatever headers it likes. */
export function asks(
  { port }: PageServer,
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

export function serve(session: Session, onFault: (error: unknown) => void = () => undefined): Promise<PageServer> {
  const files = new Map([['/index.html', { type: 'text/html', body: Buffer.from('<!doctype html>') }]]);
  const answers = {
    '/api/charts': () => Promise.resolve({ model: {} }),
    '/api/coverage': () => Promise.reject(new Error('the disk is gone')),
  };
  return servePage(session, { port: 0, files, answers, onFault });
}
