import type { ScreenModel } from '../../firmware/hal/index.ts';
import { type JournalState, openItems, owedCopies, refundedFen } from '../../firmware/journal/fold.ts';
import { scrub } from '../../firmware/base/masked.ts';
import { testCard } from '../../hal-mock/cards/test-cards.ts';
import type { Expectation } from './format.ts';
import { StepFailure } from './step-failure.ts';
import type { HostedOrder, WalletHosts } from '../wallet/wallet-hosts.ts';
import type { World } from './world.ts';

/** How long an expectation may take to come true unless it says so. */
const DEFAULT_WITHIN_MS = 90_000;
const NOT_PARAMS: ReadonlySet<string> = new Set([
  'screen',
  'within',
  'shows',
  'receipt',
  'receiptLacks',
  'slips',
  'journal',
  'host',
  'wallet',
  'terminal',
]);

/** Checks expectations against what the terminal showed since the last thing that somebody did. */
export class Expecter {
  readonly #world: World;
  #from = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Called when somebody acts: only the screen that stands now, and what follows, answers to it. */
  forgetPast(): void {
    this.#from = Math.max(0, this.#world.screens().length - 1);
  }

  async check(expected: Expectation, index: number): Promise<void> {
    let lastWhy = 'nothing happened';
    const holds = (): boolean => {
      const why = this.#whyNot(expected);
      if (why !== undefined) lastWhy = why;
      return why === undefined;
    };
    const withinMs = expected.within ?? DEFAULT_WITHIN_MS;
    if (await this.#world.time.until(holds, withinMs)) return;
    const shown = this.#world.screens().at(-1);
    const now = shown === undefined ? 'no screen' : `screen "${shown.id}" (${shown.title})`;
    throw new StepFailure(`expectation ${index + 1} did not come true within ${withinMs} ms: ${lastWhy}; now ${now}`);
  }

  #whyNot(expected: Expectation): string | undefined {
    return this.#screenWhyNot(expected) ?? this.#paperWhyNot(expected) ?? this.#booksWhyNot(expected);
  }

  #screenWhyNot(expected: Expectation): string | undefined {
    const params = Object.entries(expected).filter(([name]) => !NOT_PARAMS.has(name));
    const { screen: id } = expected;
    if (id === undefined && params.length === 0 && expected.shows === undefined) return undefined;
    const recent = this.#world.screens().slice(this.#from);
    const candidates = id === undefined ? recent.slice(-1) : recent.filter((screen) => screen.id === id);
    if (candidates.length === 0) return `screen "${id}" was not shown`;
    let why: string | undefined;
    for (const candidate of candidates) {
      why = paramsWhyNot(candidate, params) ?? textsWhyNot(candidate, [expected.shows ?? []].flat());
      if (why === undefined) return undefined;
    }
    return why;
  }

  #paperWhyNot(expected: Expectation): string | undefined {
    const { paper } = this.#world.printer;
    const text = paper.lines().join('\n');
    for (const wanted of [expected.receipt ?? []].flat()) {
      if (!text.includes(wanted)) return `"${wanted}" is not on the paper`;
    }
    for (const unwanted of [expected.receiptLacks ?? []].flat()) {
      if (text.includes(unwanted)) return `"${unwanted}" is on the paper`;
    }
    const slips = paper.slips().length;
    if (expected.slips !== undefined && slips !== expected.slips) return `${slips} slips lie there`;
    return undefined;
  }

  #booksWhyNot(expected: Expectation): string | undefined {
    const { acquirer, wallets } = this.#world;
    const terminal = this.#world.terminal();
    if (expected.terminal !== undefined && !terminal.statePath().includes(expected.terminal)) {
      return `the terminal is in ${terminal.statePath()}`;
    }
    const journal = terminal.journalState();
    const last = [...journal.sales.values()].at(-1);
    const order = lastOrder(wallets, journal);
    return firstDifference([
      ['journal.state', expected.journal?.state, last?.status],
      ['journal.amountFen', expected.journal?.amountFen, last?.intent.amountFen],
      ['journal.refundedFen', expected.journal?.refundedFen, last && refundedFen(journal, last.key)],
      ['journal.openItems', expected.journal?.openItems, openItems(journal).length],
      ['journal.owedCopies', expected.journal?.owedCopies, owedCopies(journal).length],
      ['journal.sales', expected.journal?.sales, journal.sales.size],
      ['journal.batch', expected.journal?.batch, journal.batch],
      ['host.netFen', expected.host?.netFen, acquirer.netFen(hostCard(expected))],
      ['host.state', expected.host?.state, acquirer.entries().at(-1)?.state],
      ['wallet.netFen', expected.wallet?.netFen, wallets.netFen()],
      ['wallet.state', expected.wallet?.state, order?.state],
      ['wallet.host', expected.wallet?.host, order?.host],
      ['wallet.periods', expected.wallet?.periods, order?.periods],
      ['wallet.feeFen', expected.wallet?.feeFen, order?.feeFen],
      ['wallet.refundedFen', expected.wallet?.refundedFen, order?.refundedFen],
    ]);
  }
}

/** The host's view of the terminal's newest order. */
function lastOrder(wallets: WalletHosts, { sales }: Readonly<JournalState>): HostedOrder | undefined {
  const order = [...sales.values()].map(({ intent }) => intent).findLast(({ type }) => type === 'walletIntent');
  return order?.type === 'walletIntent' ? wallets.order(order.host ?? 'alipay', order.outTradeNo) : undefined;
}

function hostCard({ host }: Expectation): string | undefined {
  return host?.card === undefined ? undefined : testCard(host.card).id;
}

function firstDifference(rows: readonly (readonly [string, unknown, unknown])[]): string | undefined {
  for (const [name, expected, actual] of rows) {
    if (expected !== undefined && expected !== actual)
      return `${name} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`;
  }
  return undefined;
}

function paramsWhyNot(screen: ScreenModel, params: readonly (readonly [string, unknown])[]): string | undefined {
  for (const [name, expected] of params) {
    const actual = screen.params[name];
    if (JSON.stringify(actual) !== JSON.stringify(expected)) {
      return scrub(`${screen.id}.${name} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
    }
  }
  return undefined;
}

function textsWhyNot(screen: ScreenModel, texts: readonly string[]): string | undefined {
  const all = [screen.title, ...screen.lines, ...screen.options.map(({ label }) => label), screen.hint].join('\n');
  const missing = texts.find((text) => !all.includes(text));
  return missing === undefined ? undefined : `"${missing}" does not stand on screen "${screen.id}"`;
}
