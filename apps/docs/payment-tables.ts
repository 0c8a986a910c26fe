/** The ways to pay of docs/payments.md: for each the screens that its scenarios pass through, and the slip of one of them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ScreenModel } from '../../firmware/hal/index.ts';
import { type Scenario, parseScenarios } from '../../simulator/scenario/format.ts';
import { playInWorld } from '../world/scenario-world.ts';
import { readPage, ROOT, withSection } from './page.ts';

interface WayToPay {
  readonly heading: string;
  /** Names of the scenarios: all that begin so are drawn; the first is the sale whose slip is shown. */
  readonly scenarios: readonly [string, ...string[]];
  /** Charts of docs/states.md that decide, beside `transaction` and `receipt`. */
  readonly charts: readonly string[];
}

const CODE = ['identify', 'authorizeWallet'];
const BY_ACCOUNT = ['baitiao', 'installment', 'prove', 'authorizeWallet'];

export const WAYS_TO_PAY: readonly WayToPay[] = [
  {
    heading: 'Chip card with PIN',
    scenarios: [
      'Chip card with online PIN',
      'A wrong PIN is asked again',
      'Three wrong PINs',
      'No answer from the host',
    ],
    charts: ['identify', 'verify', 'authorizeCard'],
  },
  {
    heading: 'Tap without PIN 免密免签, also Baitiao flash pay 白条闪付',
    scenarios: ['Tap under the no-PIN limit', 'Tap of 1,000 yuan or more'],
    charts: ['identify', 'verify', 'authorizeCard'],
  },
  {
    heading: 'Bank card instalments 信用卡分期',
    scenarios: ['Bank card instalments: 3 periods'],
    charts: ['plan', 'installment', 'identify', 'authorizeCard'],
  },
  { heading: 'Alipay code 支付宝', scenarios: ['Code in one payment: Alipay,'], charts: CODE },
  { heading: 'WeChat code 微信支付', scenarios: ['Code in one payment: WeChat,'], charts: CODE },
  { heading: 'JD code 京东支付', scenarios: ['Code in one payment: JD,'], charts: CODE },
  {
    heading: 'UnionPay code 云闪付',
    scenarios: ['UnionPay code, by ISO 8583 to the acquirer'],
    charts: ['identify', 'authorizeCard'],
  },
  {
    heading: 'Code by an aggregator 聚合支付',
    scenarios: ['Code in one payment: UnionPay by Lakala,'],
    charts: CODE,
  },
  {
    heading: 'Code that the terminal shows 主扫',
    scenarios: ["Code on the terminal's screen: WeChat, "],
    charts: ['authorizeWallet'],
  },
  {
    heading: 'Huabei 花呗分期',
    scenarios: ['Huabei: 3 periods'],
    charts: ['plan', 'installment', 'authorizeWallet'],
  },
  { heading: 'Baitiao by code 白条分期', scenarios: ['Baitiao by code: 3 periods'], charts: BY_ACCOUNT },
  {
    heading: 'Baitiao by account, verified by SMS',
    scenarios: ['Baitiao by account: SMS, 3 periods'],
    charts: BY_ACCOUNT,
  },
  {
    heading: 'Baitiao by account, verified by face',
    scenarios: ['Baitiao by account: face, 3 periods'],
    charts: BY_ACCOUNT,
  },
];

/** What comes before and after every sale. */
const OUTSIDE = new Set(['booting', 'signingOn', 'idle', 'enterAmount', 'recovering', 'welcome']);
/** What follows a sale has a section of its own. */
const AFTER_SALE = /refund|void/;

/** The scenario whose last merchant's copy is that of a refund. */
const REFUNDED = 'Huabei: 3 periods, refunded';

interface Seen {
  readonly screens: readonly ScreenModel[];
  readonly slips: readonly string[];
}

async function seenIn(scenario: Scenario): Promise<Seen> {
  const screens: ScreenModel[] = [];
  const slips: string[] = [];
  const { result } = await playInWorld(scenario, 'memory', {
    watch: () => ({
      step: () => undefined,
      screen: (screen) => void screens.push(screen),
      slip: (lines) => void slips.push(lines.join('\n')),
      flush: () => undefined,
    }),
  });
  if (result.failures.length > 0) throw new Error(`${scenario.name}: ${result.failures.join('; ')}`);
  return { screens, slips };
}

/** Every way from one screen of the sale to another, as a Mermaid chart whose ends are the idle terminal. */
function chartOf(runs: readonly (readonly ScreenModel[])[]): string {
  const titles = new Map<string, string>();
  const arrows = new Set<string>();
  for (const screens of runs) {
    let from = '[*]';
    for (const { id, title } of screens) {
      const to = OUTSIDE.has(id) ? '[*]' : id;
      if (to !== '[*]') titles.set(to, title);
      if (to !== from) arrows.add(`  ${from} --> ${to}`);
      from = to;
    }
  }
  const states = [...titles].map(([id, title]) => `  state "${id} ${title.replaceAll('"', '')}" as ${id}`);
  return ['```mermaid', 'stateDiagram-v2', ...states, ...arrows, '```'].join('\n');
}

function drawnSlip(slip = ''): string {
  return ['```', slip.trimEnd(), '```'].join('\n');
}

function readScenarios(): Scenario[] {
  const files = readdirSync(join(ROOT, 'scenarios')).filter((file) => file.endsWith('.yaml'));
  return files.toSorted().flatMap((file) => parseScenarios(readPage(`scenarios/${file}`)));
}

async function sectionOfWay({ heading, scenarios, charts }: WayToPay, all: readonly Scenario[]): Promise<string> {
  const played = scenarios.flatMap((begin) => {
    const named = all.filter(({ name }) => name.startsWith(begin) && !AFTER_SALE.test(name));
    if (named.length === 0) throw new Error(`no scenario begins with "${begin}"`);
    return named;
  });
  const seen = [];
  for (const scenario of played) seen.push(await seenIn(scenario));
  const links = ['transaction', ...charts, 'receipt'].map((id) => `[${id}](states.md#${id.toLowerCase()})`);
  const drawn = seen.map(({ screens }) => screens);
  return [
    `### ${heading}`,
    `Charts: ${links.join(', ')}. Screens of ${played.length} scenarios, "${played[0]?.name}" and on:`,
    chartOf(drawn),
    drawnSlip(seen[0]?.slips[0]),
  ].join('\n\n');
}

async function refundSlip(all: readonly Scenario[]): Promise<string> {
  const scenario = all.find(({ name }) => name === REFUNDED);
  if (scenario === undefined) throw new Error(`no scenario is named "${REFUNDED}"`);
  const { slips } = await seenIn(scenario);
  return drawnSlip(slips.findLast((slip) => slip.includes('MERCHANT COPY')));
}

/** The page with every way to pay, and a refund, as the scenarios play them today. */
export async function withWaysToPay(page: string): Promise<string> {
  const all = readScenarios();
  const sections = [];
  for (const way of WAYS_TO_PAY) sections.push(await sectionOfWay(way, all));
  const drawn = withSection(page, 'ways to pay', sections.join('\n\n'));
  return withSection(drawn, 'refund slip', await refundSlip(all));
}
