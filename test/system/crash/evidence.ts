import type { JournalStore, ReceiptPrinter, ScreenModel, Slip } from '../../../firmware/hal/index.ts';
import type { Paper } from '../../../hal-mock/devices/printer/paper.ts';
import { type JournalOpening, openWhole } from '../../../hal-mock/journal-store.ts';
import type { Acquirer } from '../../../simulator/acquirer/acquirer.ts';
import { type BookedSale, type BookedStatus, Books, bookId } from '../../../simulator/swarm/books.ts';
import { isRefundSlip } from '../../../simulator/swarm/refund-invariants.ts';
import type { BookedRefund } from '../../../simulator/swarm/refunds-book.ts';
import type { WalletHosts } from '../../../simulator/wallet/wallet-hosts.ts';
import type { Flow } from './flows.ts';
import { isSettlementSlipOf, settlementWrongs } from './settlement-evidence.ts';

const REPRINT_MARK = '重打印';
const COPY_NAMES = ['商户存根', '持卡人存根'];
/** What a look-up says of a sale; in doubt otherwise. */
const TRUTHS: Partial<Record<BookedStatus, string>> = {
  approved: 'approved',
  declined: 'declined',
  notSent: 'declined',
  reversed: 'reversed',
  cancelled: 'reversed',
};
const SAID_NOT_PAID = ['declined', 'notSent', 'cancelled', 'reversed'];

interface Print {
  readonly text: string;
  readonly linesBefore: number;
}

/** What is to be compared once a terminal has come to rest. */
export interface Outcome {
  readonly records: readonly string[];
  readonly acquirer: Acquirer;
  readonly wallets: Pick<WalletHosts, 'order' | 'netFen'>;
  /** Sales that were begun. */
  readonly salesMax: number;
  /** The batch that the terminal has open. */
  readonly batch: string;
  readonly wants: Flow['wants'];
  /** What the host charged before somebody changed its books, by sale. */
  readonly amendedFen: ReadonlyMap<string, number>;
}

/** Everything that somebody outside the terminal could testify: screens, slips, and which records were acknowledged. */
export class Evidence {
  readonly screens = new Set<string>();
  /** Starts that set a torn record aside. */
  tornTails = 0;
  /** What was wrong the moment it happened. */
  readonly #wrongs: string[] = [];
  readonly #acknowledged: string[] = [];
  readonly #prints: Print[] = [];
  #inFlight: string[] = [];
  #paper: Paper | undefined;

  /** Acknowledged records of all lives. */
  get acknowledged(): number {
    return this.#acknowledged.length;
  }

  /** Watches what the screens say; that a look-up tells the truth most of all. */
  sees({ id, params }: ScreenModel): void {
    this.screens.add(id);
    if (id !== 'saleTruth') return;
    const sales = [...Books.of(this.#acknowledged).sales.values()];
    const sale = sales.find(({ intent }) => intent.stan === Number(params?.['voucher']));
    const truth = sale === undefined ? 'unknown' : (TRUTHS[sale.status] ?? 'inDoubt');
    if (params?.['truth'] !== truth)
      this.#wrongs.push(`a sale that is ${truth} is called ${String(params?.['truth'])}`);
  }

  /** Watches that what a store acknowledged is there when the next one opens, and nothing that was never written. */
  journal(store: JournalStore, life: { readonly isOver: boolean }): JournalStore {
    return {
      open: async (take) => {
        const opening = await openWhole(store);
        for (const record of opening.records) take(record);
        this.#compare(opening);
        return opening.damage;
      },
      append: async (record) => {
        this.#inFlight.push(record);
        await store.append(record);
        if (life.isOver) return;
        this.#inFlight = this.#inFlight.filter((other) => other !== record);
        this.#acknowledged.push(record);
      },
    };
  }

  /** Watches that no copy of a sale is printed that does not stand. */
  printer(printer: ReceiptPrinter, paper: Paper): ReceiptPrinter {
    this.#paper = paper;
    return {
      columns: printer.columns,
      status: () => printer.status(),
      print: (slip) => {
        const text = textOf(slip);
        this.#prints.push({ text, linesBefore: paper.lines().length });
        const books = Books.of(this.#acknowledged);
        const names = (isRefundSlip(text) ? doneRefunds(books) : standing(books)).map(voucherOf);
        if (COPY_NAMES.some((copy) => text.includes(copy)) && !names.some((voucher) => isOf(text, voucher)))
          this.#wrongs.push('a slip was printed of a sale that does not stand');
        return printer.print(slip);
      },
      openDrawer: () => printer.openDrawer(),
    };
  }

  /** What is wrong with money, records and paper; nothing, whatever happened. */
  wrongs(outcome: Outcome): string[] {
    const books = Books.of(outcome.records);
    const stands = standing(books);
    const chargedFen = sumOf(chargedBy(books, outcome).values());
    const said = SAID_NOT_PAID.filter((id) => this.screens.has(id));
    const wrongs: [boolean, string][] = [
      [books.open.size > 0, 'something is still open'],
      [stands.length > outcome.salesMax, 'the customer was charged twice'],
      [this.screens.has('approved') && stands.length === 0, 'approved was shown, and the sale does not stand'],
      [said.length > 0 && chargedFen > 0, `${said.join()} was shown, and the customer was charged`],
      [!isBegunBy(outcome.records, this.#acknowledged), 'an acknowledged record is lost'],
    ];
    return [
      ...this.#wrongs,
      ...wrongs.filter(([isWrong]) => isWrong).map(([, what]) => what),
      ...disagreements(books, outcome),
      ...settlementWrongs(
        books,
        outcome,
        this.#printed.map(({ text }) => text),
      ),
      ...stands.flatMap((sale) =>
        COPY_NAMES.flatMap((copy) =>
          this.#wrongsOfCopy(copy, (text) => !isRefundSlip(text) && text.includes(copy) && isOf(text, voucherOf(sale))),
        ),
      ),
      ...doneRefunds(books).flatMap((refund) =>
        COPY_NAMES.flatMap((copy) =>
          this.#wrongsOfCopy(
            `${copy} of a refund`,
            (text) => isRefundSlip(text) && text.includes(copy) && isOf(text, voucherOf(refund)),
          ),
        ),
      ),
      ...[...books.settlements.closedBatches].flatMap((batch) =>
        this.#wrongsOfCopy(`settlement slip of ${batch}`, (text) => isSettlementSlipOf(text, batch)),
      ),
    ];
  }

  #compare({ records, damage }: JournalOpening): void {
    if (damage?.kind === 'tornTail') this.tornTails++;
    else if (damage !== undefined) this.#wrongs.push(`the journal is damaged: ${damage.kind}`);
    const surplus = records.slice(this.#acknowledged.length);
    if (!isBegunBy(records, this.#acknowledged)) this.#wrongs.push('an acknowledged record is lost');
    if (!isBegunBy(this.#inFlight, surplus)) this.#wrongs.push('the journal holds what was never written');
    this.#acknowledged.push(...surplus);
    this.#inFlight = [];
  }

  /** Slips of which something is on paper. */
  get #printed(): Print[] {
    const lines = this.#paper?.lines().length ?? 0;
    return this.#prints.filter(({ linesBefore }, at) => (this.#prints[at + 1]?.linesBefore ?? lines) > linesBefore);
  }

  #wrongsOfCopy(copy: string, isCopy: (text: string) => boolean): string[] {
    const onPaper = this.#printed.filter(({ text }) => isCopy(text));
    const unmarked = onPaper.filter(({ text }) => !text.includes(REPRINT_MARK));
    return [
      ...(onPaper.length === 0 ? [`there is no ${copy}`] : []),
      ...(unmarked.length > 1 ? [`two slips pass for the first ${copy}`] : []),
    ];
  }
}

function standing(books: Books): BookedSale[] {
  return [...books.sales.values()].filter(({ status }) => status === 'approved');
}

function doneRefunds({ refunds }: Books): BookedRefund[] {
  return [...refunds.all.values()].filter(({ status }) => status === 'done');
}

function voucherOf({ intent }: BookedSale | BookedRefund): string {
  return intent.stan.toString().padStart(6, '0');
}

function isOf(slip: string, voucher: string): boolean {
  return slip.split('\n').some((line) => line.endsWith(` ${voucher}`));
}

function isBegunBy(list: readonly string[], beginning: readonly string[]): boolean {
  return beginning.every((text, at) => list[at] === text);
}

type Hosts = Pick<Outcome, 'acquirer' | 'wallets'> & Partial<Pick<Outcome, 'amendedFen'>>;

/** What the hosts say they charged, by sale. */
function listedBy(books: Books, { acquirer, wallets }: Hosts): Map<string, number> {
  const listed = new Map<string, number>();
  for (const { kind, batch, stan, state, amountFen, refundedFen } of acquirer.entries()) {
    const isCharged = kind === 'sale' && state === 'approved' && amountFen > refundedFen;
    if (isCharged) listed.set(bookId({ batch, stan: Number(stan) }), amountFen - refundedFen);
  }
  for (const sale of books.sales.values()) {
    if (sale.intent.type !== 'walletIntent') continue;
    const order = wallets.order(sale.intent.host ?? 'alipay', sale.intent.outTradeNo);
    if (order?.state === 'paid') listed.set(sale.id, order.amountFen - order.refundedFen);
  }
  return listed;
}

/** What they charged indeed, but for a sale that a supervisor took over: that is people's business. */
function chargedBy(books: Books, hosts: Hosts): Map<string, number> {
  const charges = [...listedBy(books, hosts)].filter(([id]) => books.sales.get(id)?.status !== 'handedOver');
  return new Map(charges.map(([id, fen]) => [id, hosts.amendedFen?.get(id) ?? fen]));
}

function sumOf(amounts: Iterable<number>): number {
  return [...amounts].reduce((sum, fen) => sum + fen, 0);
}

/** Sale by sale: the customer is charged what the journal calls approved, and nothing else is charged at all. */
export function disagreements(books: Books, hosts: Hosts): string[] {
  const charged = chargedBy(books, hosts);
  const dueFen = standing(books).map(
    ({ id, intent }) => [id, intent.amountFen - books.refunds.doneFen(intent)] as const,
  );
  const due = new Map(dueFen.filter(([, fen]) => fen > 0));
  const listedFen = sumOf(listedBy(books, hosts).values());
  const netFen = hosts.acquirer.netFen() + hosts.wallets.netFen();
  return [
    ...[...new Set([...charged.keys(), ...due.keys()])]
      .filter((id) => charged.get(id) !== due.get(id))
      .map((id) => `${id}: the host charged ${charged.get(id) ?? 0} fen, the journal says ${due.get(id) ?? 0}`),
    ...(netFen === listedFen ? [] : [`the hosts charged ${netFen} fen, and for sales of the journal ${listedFen}`]),
  ];
}

/** The words of a slip, a line each. */
function textOf({ lines }: Slip): string {
  return lines
    .map((line) => (line.kind === 'text' ? line.text : line.kind === 'pair' ? `${line.label} ${line.value}` : ''))
    .join('\n');
}
