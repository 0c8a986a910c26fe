import { parseArgs } from 'node:util';
import { columnsOf } from '../../firmware/base/columns.ts';
import { formatYuan, isFen } from '../../firmware/base/fen.ts';
import { chinaDay } from '../../firmware/effects/quote-plans.ts';
import { type CalendarDay, formatDay, isCalendarDay } from '../../firmware/rules/installment/due-date.ts';
import {
  assessPlans,
  eligiblePlans,
  type ExcludedPlan,
  type PlanSale,
} from '../../firmware/rules/installment/plans.ts';
import { PERIODS_MAX, type PlanQuote, quotePlan } from '../../firmware/rules/installment/quote.ts';
import type { FeePayer, PlanOffer } from '../../firmware/rules/installment/settings.ts';
import { NO_PLANS, PAID_WITH, PLAN_EXCLUSIONS } from '../../firmware/screens/words.ts';
import { DEFAULT_SETTINGS, type TerminalSettings } from '../../firmware/settings.ts';
import { readConfigFile } from '../config-file.ts';
import { paidBy } from '../fee-payer.ts';
import { type CliIo, EXIT_USAGE } from './lines.ts';

/** Well-formed, and nothing can be offered. */
const EXIT_NO_PLANS = 1;

export const QUOTE_HELP = `fenqi quote — instalment plans of an amount, by the same rules and settings as on the terminal

  --method huabei|baitiao|card    whose credit
  --amount-fen N                  the price in fen: 120000 is ¥1,200.00
  --periods N                     this number of periods alone
  --fee-payer customer|merchant   only plans whose fee this side pays; where the configuration has none, its plans as
                                  they would be if this side paid
  --credit-limit-fen N            what the customer's credit still covers
  --bin DIGITS                    first 6 to 8 digits of a bank card, for products of its issuer; never the whole number
  --config FILE                   terminal configuration (YAML); what it leaves out keeps its default
  --at YYYY-MM-DD                 day of the sale; default today in China
  --json                          one line of JSON: {"method","amountFen","boughtOn","plans","excluded","none"}
  --language zh|en                default that of the configuration
  --help                          this text

Exit status: 0 plans are offered, 1 none can be offered, 2 wrong usage or a wrong file.
`;

type Language = 'zh' | 'en';

/** What was asked, once it makes sense. */
interface Asked {
  readonly sale: PlanSale;
  readonly periods: number | undefined;
  readonly boughtOn: CalendarDay;
}

interface Answer {
  readonly quotes: readonly PlanQuote[];
  readonly excluded: readonly ExcludedPlan[];
  /** Why there is none, as the terminal says it. */
  readonly none: keyof typeof NO_PLANS | undefined;
}

/** Prints the plans that a terminal would offer for an amount, with every payment, and the others with the reason. */
export async function runQuote(args: readonly string[], io: CliIo): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      method: { type: 'string' },
      'amount-fen': { type: 'string' },
      periods: { type: 'string' },
      'fee-payer': { type: 'string' },
      'credit-limit-fen': { type: 'string' },
      bin: { type: 'string' },
      config: { type: 'string' },
      at: { type: 'string' },
      json: { type: 'boolean', default: false },
      language: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    io.out(QUOTE_HELP);
    return 0;
  }
  const asked = askedOf(values);
  if ('wrong' in asked) return refuse(io, [`${asked.wrong}; see fenqi quote --help`]);
  const read = await settingsOf(values.config);
  if ('problems' in read) return refuse(io, read.problems);
  const answer = answerOf(read.settings, asked);
  if (values.json) io.out(jsonOf(asked, answer));
  else for (const line of linesOf(asked, answer, languageOf(values.language) ?? read.settings.language)) io.out(line);
  return answer.quotes.length > 0 ? 0 : EXIT_NO_PLANS;
}

function refuse(io: CliIo, problems: readonly string[]): number {
  for (const problem of problems) io.err(`fenqi quote: ${problem}`);
  return EXIT_USAGE;
}

async function settingsOf(
  file: string | undefined,
): Promise<{ readonly settings: TerminalSettings } | { readonly problems: readonly string[] }> {
  if (file === undefined) return { settings: DEFAULT_SETTINGS };
  const checked = await readConfigFile(file);
  return checked.kind === 'valid' ? { settings: checked.value } : { problems: checked.problems };
}

/** Arguments that make sense, or why they make none. The reason repeats nothing that could be a card number. */
function askedOf(values: Readonly<Record<string, string | boolean | undefined>>): Asked | { readonly wrong: string } {
  const said = (name: string): string | undefined => values[name] as string | undefined;
  const method = said('method');
  if (method !== 'huabei' && method !== 'baitiao' && method !== 'card') {
    return { wrong: '--method is huabei, baitiao or card' };
  }
  const amountFen = numberOf(said('amount-fen'));
  if (amountFen === undefined || !isFen(amountFen) || amountFen === 0) {
    return { wrong: '--amount-fen is a whole number of fen above 0' };
  }
  const periods = said('periods') === undefined ? undefined : (numberOf(said('periods')) ?? 0);
  if (periods !== undefined && (periods < 1 || periods > PERIODS_MAX)) {
    return { wrong: `--periods is a whole number from 1 to ${PERIODS_MAX}` };
  }
  const feePayer = said('fee-payer');
  if (feePayer !== undefined && feePayer !== 'customer' && feePayer !== 'merchant') {
    return { wrong: '--fee-payer is customer or merchant' };
  }
  const creditLimitFen = numberOf(said('credit-limit-fen'));
  if (said('credit-limit-fen') !== undefined && (creditLimitFen === undefined || !isFen(creditLimitFen))) {
    return { wrong: '--credit-limit-fen is a whole number of fen' };
  }
  const firstDigits = said('bin');
  if (firstDigits !== undefined && !/^\d{6,8}$/.test(firstDigits)) return { wrong: '--bin is 6 to 8 digits' };
  const boughtOn = said('at') === undefined ? chinaDay(Date.now()) : dayOf(said('at') ?? '');
  if (boughtOn === undefined) return { wrong: '--at is a day of the calendar as 2026-12-09' };
  if (said('language') !== undefined && languageOf(said('language')) === undefined) {
    return { wrong: '--language is zh or en' };
  }
  return { sale: { method, amountFen, feePayer, creditLimitFen, firstDigits }, periods, boughtOn };
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function dayOf(text: string): CalendarDay | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  const found = { year: Number(year), month: Number(month), day: Number(day) };
  return isCalendarDay(found) ? found : undefined;
}

function languageOf(text: string | undefined): Language | undefined {
  return text === 'zh' || text === 'en' ? text : undefined;
}

function answerOf({ installments: contract }: TerminalSettings, { sale, periods, boughtOn }: Asked): Answer {
  const { feePayer } = sale;
  const isAgreed = feePayer === undefined || contract[sale.method]?.offers.some((offer) => offer.feePayer === feePayer);
  const installments = isAgreed === true || feePayer === undefined ? contract : paidBy(feePayer, contract);
  const isAsked = (offer: PlanOffer): boolean => periods === undefined || offer.periods === periods;
  const plans = eligiblePlans(installments, sale);
  const offered = 'none' in plans ? [] : plans.filter(isAsked);
  return {
    quotes: offered.map((offer) => quotePlan(offer, sale.amountFen, boughtOn)),
    excluded: assessPlans(installments, sale).excluded.filter(({ offer }) => isAsked(offer)),
    none: offered.length > 0 ? undefined : 'none' in plans ? plans.none : 'noOffers',
  };
}

function jsonOf({ sale, boughtOn }: Asked, { quotes, excluded, none }: Answer): string {
  const { method, amountFen } = sale;
  return JSON.stringify({
    method,
    amountFen,
    boughtOn: formatDay(boughtOn),
    plans: quotes.map(({ offer, ...quote }) => ({ ...nameOf(offer), ...quote })),
    excluded: excluded.map(({ offer, reason }) => ({ ...nameOf(offer), reason })),
    none,
  });
}

function nameOf({ periods, feePayer, feeRatePpm, product, issuer }: PlanOffer): Partial<PlanOffer> {
  return { periods, feePayer, feeRatePpm, product, issuer };
}

const yuan = (fen: number): string => `¥${formatYuan(fen)}`;

const METHOD_NAMES = { huabei: 'huabei', baitiao: 'baitiao', card: 'cardInstallment' } as const;

const PAYERS: Readonly<Record<FeePayer, { readonly zh: string; readonly en: string }>> = {
  customer: { zh: '顾客承担', en: 'the customer pays it' },
  merchant: { zh: '商户承担', en: 'the shop pays it' },
};

const HEADINGS = {
  zh: ['期', '还款日', '本金', '手续费', '合计'],
  en: ['no.', 'due', 'principal', 'fee', 'payment'],
} as const;

function linesOf({ sale, boughtOn }: Asked, { quotes, excluded, none }: Answer, language: Language): string[] {
  const name = PAID_WITH[METHOD_NAMES[sale.method]][language];
  const lines = [`${name}  ${yuan(sale.amountFen)}  ${formatDay(boughtOn)}`];
  if (none !== undefined) lines.push('', NO_PLANS[none][language]);
  for (const quote of quotes) lines.push('', ...planLines(quote, language));
  if (excluded.length > 0) {
    lines.push('', language === 'zh' ? '不能选择：' : 'Not offered:');
    for (const { offer, reason } of excluded) {
      lines.push(`  ${titleOf(offer, language)}  ${PLAN_EXCLUSIONS[reason][language]}`);
    }
  }
  return lines;
}

function titleOf({ periods, feeRatePpm, feePayer, product, issuer }: PlanOffer, language: Language): string {
  const title = language === 'zh' ? `${periods}期` : `${periods} periods`;
  const rate = `${feeRatePpm / 10_000}% ${PAYERS[feePayer][language]}`;
  return [title, rate, product, issuer].filter((part) => part !== undefined).join('  ');
}

function planLines({ offer, feeFen, merchantFeeFen, totalFen, schedule }: PlanQuote, language: Language): string[] {
  const fee = yuan(feeFen + merchantFeeFen);
  const total = yuan(totalFen);
  const byStatement = language === 'zh' ? '账单日' : 'statement';
  const rows = schedule.map(({ period, dueDate, principalFen, feeFen: ownFeeFen, totalFen: paymentFen }) => [
    String(period),
    dueDate ?? byStatement,
    formatYuan(principalFen),
    formatYuan(ownFeeFen),
    formatYuan(paymentFen),
  ]);
  return [
    titleOf(offer, language),
    language === 'zh' ? `  手续费 ${fee}  还款总额 ${total}` : `  fee ${fee}  total to repay ${total}`,
    ...inColumns([HEADINGS[language], ...rows]),
  ];
}

/** Aligned to the right, each column as wide as its widest cell. */
function inColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => columnsOf(row[at] ?? ''))));
  return rows.map((row) => row.map((cell, at) => ' '.repeat((widths[at] ?? 0) - columnsOf(cell) + 2) + cell).join(''));
}
