import { assign, enqueueActions, setup } from 'xstate';
import { declareEffect } from '../effects/effect.ts';
import type { PrintCopyInput, PrintCopyOutcome } from '../effects/print-copy.ts';
import type { TakeSignatureInput, TakeSignatureOutcome } from '../effects/take-signature.ts';
import type { Key } from '../hal/index.ts';
import type { OwedCopy } from '../journal/fold.ts';
import type { SaleKey } from '../journal/records.ts';
import { screen, show } from '../screens/show.ts';
import type { TimingSettings } from '../settings.ts';

export interface ReceiptInput {
  /** In the order they are printed. The sale stands whatever becomes of them. */
  readonly copies: readonly OwedCopy[];
  /** `false` after a sale: the first copy prints under the screen that says how the sale ended. */
  readonly announcesFirst: boolean;
  /** The sale that a signature verifies: it is asked for on the panel, where there is one. */
  readonly signedFor?: SaleKey | undefined;
  readonly timing: TimingSettings;
}

export type ReceiptOutcome = { readonly kind: 'printed' } | { readonly kind: 'owed' };

interface ReceiptContext extends ReceiptInput {
  readonly at: number;
  readonly problem: PrintCopyOutcome;
  readonly outcome: ReceiptOutcome;
}

function copyAt(context: ReceiptContext): OwedCopy {
  const owed = context.copies[context.at];
  if (owed === undefined) throw new RangeError('a copy is printed only while one is left');
  return owed;
}

function signatureInput({ signedFor, timing }: ReceiptContext): TakeSignatureInput {
  if (signedFor === undefined) throw new RangeError('only a sale that is verified so is signed for');
  return { key: signedFor, timeoutMs: timing.operatorMs };
}

/** Receipts 签购单: a signature on the panel where one is due, merchant copy, tear, cardholder copy. A copy that cannot be printed now stays owed. */
export const receiptMachine = setup({
  types: {
    input: {} as ReceiptInput,
    context: {} as ReceiptContext,
    events: {} as { type: 'KEY'; key: Key },
    output: {} as ReceiptOutcome,
  },
  actors: {
    takeSignature: declareEffect<TakeSignatureOutcome, TakeSignatureInput>(),
    printCopy: declareEffect<PrintCopyOutcome, PrintCopyInput>(),
  },
  actions: { show },
  guards: {
    isConfirm: ({ event }) => event.key === 'confirm',
    isCancel: ({ event }) => event.key === 'cancel',
    isToSign: ({ context }) => context.signedFor !== undefined,
    noneLeft: ({ context }) => context.at >= context.copies.length,
  },
  delays: {
    torn: ({ context }) => context.timing.tearMs,
    operatorAway: ({ context }) => context.timing.operatorMs,
  },
}).createMachine({
  id: 'receipt',
  context: ({ input }) => ({ ...input, at: 0, problem: { kind: 'printed' }, outcome: { kind: 'printed' } }),
  output: ({ context }) => context.outcome,
  initial: 'choosingCopy',
  states: {
    choosingCopy: {
      meta: { zh: '选择联次' },
      always: [
        { guard: 'isToSign', target: 'signing' },
        { guard: 'noneLeft', target: 'ended' },
        { target: 'printing' },
      ],
    },
    signing: {
      meta: { zh: '签名板签名' },
      exit: assign({ signedFor: undefined }),
      on: { KEY: { guard: 'isCancel', target: 'choosingCopy', actions: assign({ announcesFirst: true }) } },
      invoke: {
        src: 'takeSignature',
        input: ({ context }) => signatureInput(context),
        onDone: {
          target: 'choosingCopy',
          actions: assign(({ event }) => ({ announcesFirst: event.output === 'asked' })),
        },
        onError: 'choosingCopy',
      },
    },
    printing: {
      meta: { zh: '打印签购单' },
      entry: enqueueActions(({ context, enqueue }) => {
        if (context.at > 0 || context.announcesFirst)
          enqueue({ type: 'show', params: screen('printing', { copy: copyAt(context).copy }) });
      }),
      invoke: {
        src: 'printCopy',
        input: ({ context }) => copyAt(context),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'printed',
            target: 'countingCopy',
            actions: assign(({ context }) => ({ at: context.at + 1 })),
          },
          { target: 'showingProblem', actions: assign(({ event }) => ({ problem: event.output })) },
        ],
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'owed' } }) },
      },
    },
    countingCopy: {
      meta: { zh: '检查剩余联次' },
      always: [{ guard: 'noneLeft', target: 'ended' }, { target: 'tearing' }],
    },
    tearing: {
      meta: { zh: '请撕单' },
      entry: {
        type: 'show',
        params: ({ context }) => screen('tearReceipt', { nextCopy: copyAt(context).copy }),
      },
      on: { KEY: { guard: 'isConfirm', target: 'printing' } },
      after: { torn: 'printing' },
    },
    showingProblem: {
      meta: { zh: '打印机故障' },
      entry: {
        type: 'show',
        params: ({ context }) =>
          screen('printerProblem', {
            reason: context.problem.kind === 'printed' ? 'offline' : context.problem.reason,
            copy: copyAt(context).copy,
          }),
      },
      on: {
        KEY: [
          { guard: 'isConfirm', target: 'printing' },
          { guard: 'isCancel', target: 'ended', actions: assign({ outcome: { kind: 'owed' } }) },
        ],
      },
      after: { operatorAway: { target: 'ended', actions: assign({ outcome: { kind: 'owed' } }) } },
    },
    ended: { meta: { zh: '打印结束' }, type: 'final' },
  },
});
