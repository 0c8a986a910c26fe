import { NEVER_CANCELLED } from '../../firmware/base/cancel.ts';
import { hex, hexOf } from '../../firmware/base/bytes.ts';
import type { CardInterface, VaultRef } from '../../firmware/hal/index.ts';
import { authorizeCard, type CardAnswer } from '../../firmware/effects/authorize-card.ts';
import { chipEvidence } from '../../firmware/effects/chip-evidence.ts';
import { closeBatch, type ClosedBatch } from '../../firmware/effects/close-batch.ts';
import { completeChip } from '../../firmware/effects/complete-chip.ts';
import type { Effect } from '../../firmware/effects/effect.ts';
import { settleTotals } from '../../firmware/effects/settle-totals.ts';
import { uploadBatch } from '../../firmware/effects/upload-batch.ts';
import { applyRecord, emptyJournal, type JournalState } from '../../firmware/journal/fold.ts';
import type { SaleKey, StampedRecord } from '../../firmware/journal/records.ts';
import { bytesField, type IsoMessage } from '../../firmware/protocol/iso8583/index.ts';
import { decodeTlv, encodeTlv } from '../../firmware/protocol/tlv/index.ts';
import { type SettlementReport, settlementReport } from '../../firmware/settlement/report.ts';
import { DEFAULT_SETTINGS } from '../../firmware/settings.ts';
import { testCard } from '../../hal-mock/cards/test-cards.ts';
import { Shop } from '../firmware/shop.ts';

/** Folds records in the order they were written. */
export function foldAll(records: readonly StampedRecord[]): JournalState {
  const state = emptyJournal();
  for (const record of records) applyRecord(state, record);
  return state;
}

/** The terminal of the shop, as its host knows it. */
export const TERMINAL = DEFAULT_SETTINGS.terminalId;

/** What the last settlement came to. */
export function reportOf(shop: SettlingShop): SettlementReport {
  const { last } = shop.services.journal.state.settlement;
  if (last === undefined) throw new Error('nothing is settled');
  return settlementReport(shop.services.journal.state, last);
}

export interface TestSale {
  readonly card?: string;
  readonly how?: CardInterface;
  readonly amountFen?: number;
  /** What the chip says last: a certificate, also with an issuer that could not prove itself, or nothing that is kept. */
  readonly evidence?: 'kept' | 'lost' | 'script';
}

/** A shop whose journal settles too. */
export class SettlingShop extends Shop {
  /** Opens the journal and signs on. */
  async open(): Promise<this> {
    return this.signedOn();
  }

  /** The terminal's memory is gone; it starts again from the journal. */
  async restart(): Promise<void> {
    this.powerCut();
    await this.open();
  }

  run<Output, Input>(effect: Effect<Output, Input>, input: Input): Promise<Output> {
    return this.clock.resolve(effect(this.services, input, NEVER_CANCELLED));
  }

  /** One approved sale, or one that the host's faults spoil. */
  async sell({ card: cardId, how = 'tap', amountFen = 10_000, evidence = 'kept' }: TestSale = {}): Promise<SaleKey> {
    const usual = { tap: 'contactless', chip: 'credit-signature', swipe: 'magstripe-only' } as const;
    const card = await this.read(cardId ?? usual[how], how, amountFen);
    const verification = how === 'swipe' ? await this.#enteredPin(card.panRef) : ({ kind: 'none' } as const);
    const input = { amountFen, payer: { kind: 'card', entry: how, card, verification } as const, quote: undefined };
    const answer = await this.clock.resolve(authorizeCard(this.services, input, NEVER_CANCELLED));
    const isApproved = this.services.journal.sale(answer.key).status === 'authorized';
    if (how === 'chip' && isApproved) await this.#complete(answer, evidence, card.chipDataRef);
    return answer.key;
  }

  /** A sale by a card of another country. The simulated host has no issuer for it, so that both ends are told to agree. */
  async sellForeign(amountFen: number, evidence: 'kept' | 'lost' = 'lost'): Promise<SaleKey> {
    this.acquirer.faults.inject({ kind: 'respond', mti: '0200', responseCode: '00' });
    const key = await this.sell({ how: 'chip', card: 'foreign', amountFen, evidence });
    this.acquirer.amend(
      {
        terminalId: this.settings.terminalId,
        batch: key.batch,
        stan: key.stan.toString().padStart(6, '0'),
        kind: 'sale',
        way: 'card',
        conditionCode: '00',
        voucher: undefined,
        original: undefined,
        refundedFen: 0,
        pan: testCard('foreign').pan,
        amountFen,
        state: 'approved',
        responseCode: '00',
        referenceNumber: '',
        authorizationCode: undefined,
        reversalReasons: [],
        atWallMs: this.clock.wallMs(),
      },
      {},
    );
    return key;
  }

  /** A stripe is worth nothing without its PIN. */
  async #enteredPin(panRef: VaultRef) {
    const request = { panRef, amountFen: 1, digitsMin: 4, digitsMax: 12, timeoutMs: 60_000 };
    const entry = this.pinPad.enterPin(request, () => undefined, NEVER_CANCELLED);
    await this.clock.settle();
    this.pinPad.typeDigits('123456');
    this.pinPad.press('confirm');
    const entered = await entry;
    if (entered.kind !== 'entered') throw new Error('no PIN was entered');
    return { kind: 'pin', pinBlockRef: entered.pinBlockRef, format: entered.format } as const;
  }

  async #complete(answer: CardAnswer, evidence: TestSale['evidence'], chipDataRef: VaultRef | undefined) {
    const ref = evidence === 'kept' ? chipDataRef : undefined;
    const input = { ...answer, approved: true, chipDataRef: ref, offline: false };
    const withScript = evidence === 'script' ? chipEvidence(input.key, hexOf(this.#lastTags())) : undefined;
    if (withScript !== undefined) await this.services.journal.append(withScript);
    await this.clock.resolve(completeChip(this.services, input, NEVER_CANCELLED));
  }

  /** The request's tags as a chip leaves them that accepts and ran a script. */
  #lastTags(): Uint8Array {
    const request = this.acquirerRequests().at(-1);
    const tags = decodeTlv((request && bytesField(request, 55)) ?? new Uint8Array());
    const last = tags.map((node) => (node.tag === '9F27' ? { tag: '9F27', value: hex('40') } : node));
    return encodeTlv([...last, { tag: 'DF31', value: hex('2000000001') }]);
  }

  /** Settles to the end, with every message answered. */
  async settle(): Promise<ClosedBatch> {
    await this.run(settleTotals, undefined);
    for (;;) {
      const { kind } = await this.run(uploadBatch, undefined);
      if (kind === 'complete') return this.run(closeBatch, undefined);
      if (kind !== 'sent') throw new Error(`the upload stopped: ${kind}`);
    }
  }

  /** Settlement messages of this life in short: type, net code, what field 48 counts. */
  settlementMessages(): string[] {
    return this.acquirerRequests()
      .filter(({ mti }) => mti === '0500' || mti === '0320' || mti === '0620')
      .map(brief);
  }
}

function brief({ mti, fields }: IsoMessage): string {
  const net = String(fields[60]).slice(8, 11);
  const f48 = fields[48];
  if (mti !== '0320' || typeof f48 !== 'string') return `${mti} ${net}`;
  return `${mti} ${net} ${net === '201' ? Number(f48.slice(0, 2)) : Number(f48)}`;
}
