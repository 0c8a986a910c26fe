import { assign, forwardTo, setup } from 'xstate';
import { AMOUNT_MAX_FEN } from '../base/fen.ts';
import { present } from '../base/invariant.ts';
import { declareEffect } from '../effects/effect.ts';
import type { FindRefundableInput, FindRefundableOutcome, Refundable } from '../effects/find-refundable.ts';
import type { RefundAnswer, SendRefundInput } from '../effects/send-refund.ts';
import type { CardInterface, Key } from '../hal/index.ts';
import type { RefundKind } from '../journal/refund-records.ts';
import { pendingMachine } from '../recovery/pending.machine.ts';
import { afterRefund, type AfterSaleRefusal, amountRefusal, type RefundSettings } from '../rules/after-sale.ts';
import { amountAfterKey } from '../rules/amount-entry.ts';
import { isDigitKey } from '../rules/digit-entry.ts';
import type { RefundOnScreen } from '../screens/screen-params.ts';
import { type ScreenCall, screen, show } from '../screens/show.ts';
import type { TimingSettings } from '../settings.ts';
import { receiptMachine } from '../transaction/receipt.machine.ts';
import { presentAgainMachine, type PresentedCard } from './present-again.machine.ts';
import { voucherMachine, voucherText } from '../terminal/voucher.machine.ts';

export interface RefundInput {
  readonly kind: RefundKind;
  readonly accept: readonly CardInterface[];
  readonly refunds: RefundSettings;
  readonly timing: TimingSettings;
}

/** What the terminal has to do next. The journal knows how the money stands. */
export type RefundOutcome =
  | { readonly kind: 'done' }
  /** Nobody knows yet whether the money went back: recovery goes on with it. */
  | { readonly kind: 'leftOpen' }
  | { readonly kind: 'signOn' };

interface RefundContext extends RefundInput {
  /** Voucher number that the cashier has typed. */
  readonly stan: number;
  readonly sale: Refundable | undefined;
  readonly refusal: AfterSaleRefusal;
  readonly amountFen: number;
  readonly presented: PresentedCard | undefined;
  readonly answer: RefundAnswer;
  readonly outcome: RefundOutcome;
}

const NOT_SENT: RefundAnswer = { kind: 'notSent' };

const saleOf = ({ sale }: RefundContext): Refundable => present(sale, 'a sale is found before it is taken back');

function amountAsked({ kind, amountFen, sale }: RefundContext & { readonly sale: Refundable }) {
  return { kind, amountFen, saleFen: sale.amountFen, refundedFen: sale.refundedFen, method: sale.plan?.method };
}

/** Why the amount that stands there cannot go back. */
function refusedAmount(context: RefundContext): AfterSaleRefusal | undefined {
  return amountRefusal(amountAsked({ ...context, sale: saleOf(context) }), context.refunds);
}

/** What is left once the amount has gone back. */
function afterwards(context: RefundContext) {
  const sale = saleOf(context);
  return afterRefund(amountAsked({ ...context, sale }), sale.plan);
}

function onScreen(context: RefundContext): RefundOnScreen {
  const { original, subject, amountFen: saleFen, refundedFen, paidWith: method, plan } = saleOf(context);
  const { kind, amountFen } = context;
  const voucher = voucherText(original.stan);
  return { kind, voucher, subject, amountFen, saleFen, refundedFen, method, periods: plan?.periods };
}

function confirmScreen(context: RefundContext): ScreenCall {
  const { feeBackFen, remainingPrincipalFen } = afterwards(context);
  return screen('confirmRefund', { ...onScreen(context), feeBackFen, leftFen: remainingPrincipalFen });
}

function outcomeScreen(context: RefundContext): ScreenCall {
  const { kind, amountFen, answer } = context;
  switch (answer.kind) {
    case 'done': {
      const { feeBackFen, hostFeeBackFen } = answer;
      const leftFen = afterwards(context).remainingPrincipalFen;
      const differs = hostFeeBackFen !== undefined && hostFeeBackFen !== feeBackFen;
      const said = { feeBackFen, hostFeeBackFen: differs ? hostFeeBackFen : undefined };
      return screen('refundDone', { kind, amountFen, ...said, leftFen });
    }
    case 'declined':
      return screen('refundDeclined', { what: kind, amountFen, responseCode: answer.responseCode });
    case 'refused':
      return screen('refundNotPossible', { kind, reason: answer.reason });
    case 'notSent':
      return screen('refundNotSent', { kind });
    case 'unknown':
      return screen('refundUnknown', { kind, amountFen });
  }
}

function outcomeOf(answer: RefundAnswer): RefundOutcome {
  if (answer.kind === 'unknown') return { kind: 'leftOpen' };
  return answer.kind === 'declined' && answer.signOnAgain ? { kind: 'signOn' } : { kind: 'done' };
}

/**
 * Void 撤销 and refund 退货 of one sale. What is in doubt is settled first. Every step can be given up until something is
 * sent; from then on the journal and the recovery bring it to its end.
 */
export const refundMachine = setup({
  types: {
    input: {} as RefundInput,
    context: {} as RefundContext,
    events: {} as { type: 'KEY'; key: Key },
    output: {} as RefundOutcome,
  },
  actors: {
    voucher: voucherMachine,
    pending: pendingMachine,
    findRefundable: declareEffect<FindRefundableOutcome, FindRefundableInput>(),
    presentAgain: presentAgainMachine,
    sendRefund: declareEffect<RefundAnswer, SendRefundInput>(),
    receipt: receiptMachine,
  },
  actions: { show },
  guards: {
    isKey: ({ event }, key: Key) => event.key === key,
    isEntry: ({ event }) => isDigitKey(event.key) || event.key === 'clear',
    isRefused: ({ context }) => context.sale === undefined,
    isVoid: ({ context }) => context.kind === 'void',
    hasWrongAmount: ({ context, event }) =>
      event.key === 'confirm' && context.amountFen > 0 && refusedAmount(context) !== undefined,
    hasAmount: ({ context, event }) => event.key === 'confirm' && context.amountFen > 0,
    confirmsWithCard: ({ context, event }) => event.key === 'confirm' && saleOf(context).needsCard,
    isDone: ({ context }) => context.answer.kind === 'done',
  },
  delays: {
    operatorAway: ({ context }) => context.timing.operatorMs,
    resultShown: ({ context }) => context.timing.resultMs,
  },
}).createMachine({
  id: 'refund',
  context: ({ input }) => ({
    ...input,
    stan: 0,
    sale: undefined,
    refusal: 'noSuchSale',
    amountFen: 0,
    presented: undefined,
    answer: NOT_SENT,
    outcome: { kind: 'done' },
  }),
  output: ({ context }) => context.outcome,
  initial: 'flushing',
  states: {
    flushing: {
      meta: { zh: '先处理未完成交易' },
      tags: ['moneyAtRisk'],
      // Whatever is still open then is said of the sale, once it is known.
      invoke: { src: 'pending', onDone: 'enteringVoucher', onError: 'ended' },
    },
    enteringVoucher: {
      meta: { zh: '输入原凭证号' },
      on: { KEY: { actions: forwardTo('voucher') } },
      invoke: {
        id: 'voucher',
        src: 'voucher',
        input: ({ context }) => ({ purpose: context.kind, timing: context.timing }),
        onDone: [
          { guard: ({ event }) => event.output.kind === 'ended', target: 'ended' },
          {
            target: 'finding',
            actions: assign(({ event: { output } }) => (output.kind === 'voucher' ? { stan: output.stan } : {})),
          },
        ],
        onError: 'ended',
      },
    },
    finding: {
      meta: { zh: '查找原消费' },
      invoke: {
        src: 'findRefundable',
        input: ({ context }) => ({ kind: context.kind, stan: context.stan }),
        onDone: {
          target: 'choosing',
          actions: assign(({ event: { output } }) =>
            output.kind === 'refused' ? { sale: undefined, refusal: output.reason } : { sale: output, amountFen: 0 },
          ),
        },
        onError: 'ended',
      },
    },
    choosing: {
      meta: { zh: '判断能否退款' },
      always: [
        { guard: 'isRefused', target: 'showingRefusal' },
        {
          guard: 'isVoid',
          target: 'confirming',
          actions: assign(({ context }) => ({ amountFen: saleOf(context).amountFen })),
        },
        { target: 'enteringAmount' },
      ],
    },
    showingRefusal: {
      meta: { zh: '提示不能退款' },
      entry: {
        type: 'show',
        params: ({ context }) => screen('refundNotPossible', { kind: context.kind, reason: context.refusal }),
      },
      on: { KEY: 'ended' },
      after: { operatorAway: 'ended' },
    },
    enteringAmount: {
      meta: { zh: '输入退货金额' },
      tags: ['cancellable'],
      entry: { type: 'show', params: ({ context }) => screen('enterRefundAmount', onScreen(context)) },
      on: {
        KEY: [
          { guard: { type: 'isKey', params: 'cancel' }, target: 'ended' },
          {
            guard: 'hasWrongAmount',
            target: 'showingAmountRefusal',
            actions: assign(({ context }) => ({ refusal: refusedAmount(context) ?? context.refusal })),
          },
          { guard: 'hasAmount', target: 'confirming' },
          {
            guard: { type: 'isKey', params: 'function' },
            target: 'enteringAmount',
            reenter: true,
            actions: assign(({ context }) => ({ amountFen: saleOf(context).amountFen - saleOf(context).refundedFen })),
          },
          {
            guard: 'isEntry',
            target: 'enteringAmount',
            reenter: true,
            actions: assign(({ context, event }) => ({
              amountFen: amountAfterKey(context.amountFen, event.key, AMOUNT_MAX_FEN),
            })),
          },
        ],
      },
      after: { operatorAway: 'ended' },
    },
    showingAmountRefusal: {
      meta: { zh: '提示金额不可退' },
      tags: ['cancellable'],
      entry: {
        type: 'show',
        params: ({ context }) => screen('refundNotPossible', { kind: context.kind, reason: context.refusal }),
      },
      on: {
        KEY: [{ guard: { type: 'isKey', params: 'cancel' }, target: 'ended' }, { target: 'enteringAmount' }],
      },
      after: { operatorAway: 'ended' },
    },
    confirming: {
      meta: { zh: '确认退款' },
      tags: ['cancellable'],
      entry: { type: 'show', params: ({ context }) => confirmScreen(context) },
      on: {
        KEY: [
          { guard: { type: 'isKey', params: 'cancel' }, target: 'ended' },
          { guard: 'confirmsWithCard', target: 'presenting' },
          { guard: { type: 'isKey', params: 'confirm' }, target: 'sending' },
        ],
      },
      after: { operatorAway: 'ended' },
    },
    presenting: {
      meta: { zh: '出示原卡' },
      on: { KEY: { actions: forwardTo('presentAgain') } },
      invoke: {
        id: 'presentAgain',
        src: 'presentAgain',
        input: ({ context }) => ({
          kind: context.kind,
          amountFen: context.amountFen,
          original: saleOf(context).original,
          maskedPan: saleOf(context).subject,
          needsPin: saleOf(context).needsPin,
          accept: context.accept,
          timing: context.timing,
        }),
        onDone: [
          { guard: ({ event }) => event.output.kind === 'ended', target: 'ended' },
          {
            target: 'sending',
            actions: assign(({ event: { output } }) => ({
              presented: output.kind === 'presented' ? output : undefined,
            })),
          },
        ],
        onError: 'ended',
      },
    },
    sending: {
      meta: { zh: '发送撤销或退货' },
      tags: ['moneyAtRisk'],
      entry: {
        type: 'show',
        params: ({ context }) => screen('refunding', { kind: context.kind, amountFen: context.amountFen }),
      },
      invoke: {
        src: 'sendRefund',
        input: ({ context }) => ({
          kind: context.kind,
          original: saleOf(context).original,
          amountFen: context.amountFen,
          presented: context.presented,
        }),
        onDone: {
          target: 'concluding',
          actions: assign(({ event }) => ({ answer: event.output, outcome: outcomeOf(event.output) })),
        },
        onError: 'ended',
      },
    },
    concluding: {
      meta: { zh: '处理应答' },
      always: [{ guard: 'isDone', target: 'printing' }, { target: 'showingOutcome' }],
    },
    printing: {
      meta: { zh: '打印退款凭条' },
      entry: { type: 'show', params: ({ context }) => outcomeScreen(context) },
      on: { KEY: { actions: forwardTo('receipt') } },
      // The slips stay owed when they cannot be printed now; the money has gone back all the same.
      invoke: {
        id: 'receipt',
        src: 'receipt',
        input: ({ context }) => {
          const { key } = present(
            context.answer.kind === 'done' ? context.answer : undefined,
            'a refund is printed done',
          );
          return {
            copies: [
              { copy: 'merchant', key },
              { copy: 'cardholder', key },
            ],
            announcesFirst: false,
            timing: context.timing,
          };
        },
        onDone: 'showingOutcome',
        onError: 'ended',
      },
    },
    showingOutcome: {
      meta: { zh: '显示退款结果' },
      entry: { type: 'show', params: ({ context }) => outcomeScreen(context) },
      on: { KEY: 'ended' },
      after: { resultShown: 'ended' },
    },
    ended: { meta: { zh: '退款结束' }, type: 'final' },
  },
});
