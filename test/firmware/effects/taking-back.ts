import { bytesOfLatin1 } from '../../../firmware/base/bytes.ts';
import { NEVER_CANCELLED } from '../../../firmware/base/cancel.ts';
import type { CardInterface } from '../../../firmware/hal/index.ts';
import { sealMessage } from '../../../firmware/effects/acquirer-channel.ts';
import { authorizeCard } from '../../../firmware/effects/authorize-card.ts';
import type { Effect } from '../../../firmware/effects/effect.ts';
import { findOpen } from '../../../firmware/effects/find-open.ts';
import { quotePlans } from '../../../firmware/effects/quote-plans.ts';
import {
  type RefundAnswer,
  repeatRefund,
  type RepeatOutcome,
  sendRefund,
} from '../../../firmware/effects/send-refund.ts';
import { type ReversalOutcome, sendReversal } from '../../../firmware/effects/send-reversal.ts';
import { payOrder } from '../../../firmware/effects/wallet-order.ts';
import type { PresentedCard } from '../../../firmware/after-sale/present-again.machine.ts';
import { present } from '../../../firmware/base/invariant.ts';
import type { SaleKey } from '../../../firmware/journal/records.ts';
import type { RefundKind } from '../../../firmware/journal/refund-records.ts';
import type { IsoMessage, IsoValue } from '../../../firmware/protocol/iso8583/index.ts';
import { walletCustomer } from '../../../simulator/wallet/customers.ts';
import { messageOf, Shop } from '../shop.ts';

/** A shop where money goes back, effect by effect. */
export class ReturningShop extends Shop {
  async open(): Promise<this> {
    await this.signedOn();
    return this;
  }

  /** The terminal starts again from its journal. */
  async restart(): Promise<void> {
    this.powerCut();
    await this.open();
  }

  run<Output, Input>(effect: Effect<Output, Input>, input: Input): Promise<Output> {
    return this.clock.resolve(effect(this.services, input, NEVER_CANCELLED));
  }

  /** An order of Alipay's that is paid, by instalments where a plan is asked for. */
  async sellByWallet(amountFen = 120_000, periods?: number): Promise<SaleKey> {
    const { quotes } = await this.run(quotePlans, {
      amountFen,
      method: 'huabei',
      firstDigits: undefined,
      refusedPeriods: [],
    } as const);
    const codeRef = this.vault.seal('payCode', bytesOfLatin1(walletCustomer('huabei').code));
    const paid = await this.run(payOrder, {
      amountFen,
      wallet: 'alipay',
      source: { kind: 'code', codeRef, maskedCode: '28************02' },
      quote: quotes.find(({ offer }) => offer.periods === periods),
    } as const);
    if (paid.answer.kind !== 'paid') throw new Error(`the order was not paid: ${paid.answer.kind}`);
    this.tape.length = 0;
    return paid.order.key;
  }

  /** A tap that stands by the host's word. */
  async sellByCard(amountFen = 10_000, cardId = 'contactless'): Promise<SaleKey> {
    const { card } = await this.presented(cardId, 'tap', amountFen);
    const verification = { kind: 'none' } as const;
    const payer = { kind: 'card', entry: 'tap', card, verification } as const;
    const answer = await this.run(authorizeCard, { amountFen, payer, quote: undefined });
    this.tape.length = 0;
    return answer.key;
  }

  /** The card as the customer holds it out again. */
  async presented(cardId = 'contactless', how: CardInterface = 'tap', amountFen = 10_000): Promise<PresentedCard> {
    const card = await this.read(cardId, how, amountFen);
    return { kind: 'presented', entry: how, card, verification: { kind: 'none' } };
  }

  takeBack(kind: RefundKind, original: SaleKey, amountFen: number, presented?: PresentedCard): Promise<RefundAnswer> {
    return this.run(sendRefund, { kind, original, amountFen, presented });
  }

  /** One step of the recovery with the oldest open item. */
  async recover(): Promise<ReversalOutcome | RepeatOutcome> {
    const { next } = await this.run(findOpen, undefined);
    const { kind, key } = present(next, 'something is open');
    return kind === 'reversal' ? this.run(sendReversal, { key }) : this.run(repeatRefund, { key });
  }

  /** Where every void and refund of the journal stands, in order. */
  refunds(): string[] {
    return [...this.services.journal.state.refunds.values()].map(({ intent, status }) => `${intent.kind} ${status}`);
  }

  /** Messages of this type are answered with this code and a good MAC, or with fields of another answer. */
  answering(mti: string, responseCode: string, more: Readonly<Record<number, IsoValue>> = {}): void {
    this.onAcquirer = (request, pass) => {
      const asked = messageOf(request.message);
      if (asked.mti !== mti) return pass();
      void sealMessage(this.services, answerTo(asked, responseCode, more)).then((frame) => request.reply(frame, 0));
    };
  }

  /** Nothing of this type is answered; `executed` for hosts that have heard it. */
  losing(mti: string): void {
    this.onAcquirer = (request, pass) => {
      if (messageOf(request.message).mti !== mti) pass();
    };
  }
}

function answerTo(asked: IsoMessage, code: string, more: Readonly<Record<number, IsoValue>>): IsoMessage {
  const echoed = Object.fromEntries([3, 4, 11, 41, 42].map((field) => [field, asked.fields[field] ?? '']));
  const mti = (Number(asked.mti) + 10).toString().padStart(4, '0');
  return { mti, fields: { ...echoed, 37: '261121000099', 39: code, ...more } };
}
