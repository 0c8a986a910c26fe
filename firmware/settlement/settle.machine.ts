import { assign, forwardTo, setup } from 'xstate';
import { invariant } from '../base/invariant.ts';
import type { ClosedBatch } from '../effects/close-batch.ts';
import { declareEffect } from '../effects/effect.ts';
import type { ScriptNoticeOutcome } from '../effects/send-script-notice.ts';
import type { TotalsOutcome } from '../effects/settle-totals.ts';
import type { UploadOutcome } from '../effects/upload-batch.ts';
import type { Key } from '../hal/index.ts';
import { pendingMachine } from '../recovery/pending.machine.ts';
import type { ScreenParamsOf } from '../screens/catalogue.ts';
import { type ScreenCall, screen, show } from '../screens/show.ts';
import type { TimingSettings } from '../settings.ts';
import { receiptMachine } from '../transaction/receipt.machine.ts';
import type { UploadShare } from './upload-plan.ts';

/** Tries of one message before the settlement waits for better times. */
export const TRIES_PER_MESSAGE = 3;

export interface SettleInput {
  readonly timing: TimingSettings;
}

/** How a settlement ended. Whatever it was, the journal knows where the next one goes on. */
export type SettleOutcome =
  /** The next batch is open. */
  | { readonly kind: 'settled'; readonly balanced: boolean }
  | { readonly kind: 'unsettled'; readonly reason: 'openItems' | 'unanswered' | 'refused' }
  /** The host does not know our keys or our batch any more: sign on, then come back. */
  | { readonly kind: 'signOnNeeded' }
  | { readonly kind: 'faulted' };

/** What became of a message that moved nothing on. */
type Setback = Exclude<TotalsOutcome, { kind: 'answered' }> | Exclude<UploadOutcome, { kind: 'sent' | 'complete' }>;

interface SettleContext extends SettleInput {
  readonly step: ScreenParamsOf<'settling'>['step'];
  readonly share: UploadShare;
  readonly tries: number;
  readonly setback: Setback;
  readonly closed: ClosedBatch;
  readonly outcome: SettleOutcome;
}

const NO_BATCH: ClosedBatch = { batch: '', balanced: false, disagreements: 0 };

const settling = ({ step, share }: SettleContext): ScreenCall =>
  screen('settling', { step, done: share.done, total: share.total });

/**
 * Settlement 结算: what is open first, then script notices, totals, upload, batch change and slip (CUP terminal rules
 * A.9). Nobody can cancel it; a power cut only interrupts it, because every answer of the host is in the journal.
 */
export const settleMachine = setup({
  types: {
    input: {} as SettleInput,
    context: {} as SettleContext,
    events: {} as { type: 'KEY'; key: Key },
    output: {} as SettleOutcome,
  },
  actors: {
    pending: pendingMachine,
    sendScriptNotice: declareEffect<ScriptNoticeOutcome, undefined>(),
    settleTotals: declareEffect<TotalsOutcome, undefined>(),
    uploadBatch: declareEffect<UploadOutcome, undefined>(),
    closeBatch: declareEffect<ClosedBatch, undefined>(),
    receipt: receiptMachine,
  },
  actions: { show },
  guards: {
    mustSignOn: ({ context }) => context.setback.kind === 'signOnNeeded',
    isRefused: ({ context }) => context.setback.kind === 'refused',
    triedEnough: ({ context }) => context.tries >= TRIES_PER_MESSAGE,
    isUploading: ({ context }) => context.step === 'upload',
  },
  // The backoff is that of a pass of the recovery, 2 s and 4 s.
  delays: {
    backoff: ({ context }) => 2000 * context.tries,
    resultShown: ({ context }) => context.timing.resultMs,
  },
}).createMachine({
  id: 'settle',
  context: ({ input }) => ({
    ...input,
    step: 'notices',
    share: { done: 0, total: 0 },
    tries: 0,
    setback: { kind: 'unanswered' },
    closed: NO_BATCH,
    outcome: { kind: 'faulted' },
  }),
  output: ({ context }) => context.outcome,
  initial: 'flushing',
  states: {
    flushing: {
      meta: { zh: '结算前处理未完成交易' },
      tags: ['moneyAtRisk'],
      invoke: {
        src: 'pending',
        onDone: [
          { guard: ({ event }) => event.output.kind === 'settled', target: 'noticing' },
          {
            guard: ({ event }) => event.output.kind === 'waiting',
            target: 'showingFailure',
            actions: assign({ outcome: { kind: 'unsettled', reason: 'openItems' } }),
          },
          {
            guard: ({ event }) => event.output.kind === 'signOnNeeded',
            target: 'ended',
            actions: assign({ outcome: { kind: 'signOnNeeded' } }),
          },
          { target: 'ended' },
        ],
        onError: 'ended',
      },
    },
    noticing: {
      meta: { zh: '上送脚本结果' },
      entry: { type: 'show', params: ({ context }) => settling(context) },
      invoke: {
        src: 'sendScriptNotice',
        onDone: [
          { guard: ({ event }) => event.output.kind === 'told', target: 'noticing', reenter: true },
          {
            guard: ({ event }) => event.output.kind === 'signOnNeeded',
            target: 'ended',
            actions: assign({ outcome: { kind: 'signOnNeeded' } }),
          },
          // A notice that nobody answers stays due and holds no money up.
          { target: 'comparing', actions: assign({ step: 'totals' }) },
        ],
        onError: 'ended',
      },
    },
    comparing: {
      meta: { zh: '上送总额并对账' },
      tags: ['moneyAtRisk'],
      entry: { type: 'show', params: ({ context }) => settling(context) },
      invoke: {
        src: 'settleTotals',
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'answered',
            target: 'uploading',
            actions: assign({ step: 'upload', tries: 0 }),
          },
          {
            target: 'weighing',
            actions: assign(({ event }) => {
              invariant(event.output.kind !== 'answered', 'an answer is no setback');
              return { setback: event.output };
            }),
          },
        ],
        onError: 'ended',
      },
    },
    uploading: {
      meta: { zh: '批上送' },
      tags: ['moneyAtRisk'],
      entry: { type: 'show', params: ({ context }) => settling(context) },
      invoke: {
        src: 'uploadBatch',
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'sent',
            target: 'uploading',
            reenter: true,
            actions: assign(({ event }) => {
              invariant(event.output.kind === 'sent', 'what is sent has its share of the upload');
              return { share: event.output, tries: 0 };
            }),
          },
          { guard: ({ event }) => event.output.kind === 'complete', target: 'closing' },
          {
            target: 'weighing',
            actions: assign(({ event }) => {
              const { output } = event;
              invariant(output.kind !== 'sent' && output.kind !== 'complete', 'progress is no setback');
              return { setback: output };
            }),
          },
        ],
        onError: 'ended',
      },
    },
    weighing: {
      meta: { zh: '判断未成功原因' },
      tags: ['moneyAtRisk'],
      always: [
        { guard: 'mustSignOn', target: 'ended', actions: assign({ outcome: { kind: 'signOnNeeded' } }) },
        {
          guard: 'isRefused',
          target: 'showingFailure',
          actions: assign({ outcome: { kind: 'unsettled', reason: 'refused' } }),
        },
        { target: 'backingOff', actions: assign(({ context }) => ({ tries: context.tries + 1 })) },
      ],
    },
    backingOff: {
      meta: { zh: '稍候重试' },
      tags: ['moneyAtRisk'],
      always: {
        guard: 'triedEnough',
        target: 'showingFailure',
        actions: assign({ outcome: { kind: 'unsettled', reason: 'unanswered' } }),
      },
      after: { backoff: [{ guard: 'isUploading', target: 'uploading' }, { target: 'comparing' }] },
    },
    closing: {
      meta: { zh: '换批次' },
      tags: ['moneyAtRisk'],
      invoke: {
        src: 'closeBatch',
        onDone: {
          target: 'printing',
          actions: assign(({ event }) => ({
            closed: event.output,
            outcome: { kind: 'settled', balanced: event.output.balanced },
          })),
        },
        onError: 'ended',
      },
    },
    printing: {
      meta: { zh: '打印结算单' },
      entry: { type: 'show', params: ({ context }) => screen('settled', context.closed) },
      on: { KEY: { actions: forwardTo('receipt') } },
      // The slip stays owed when it cannot be printed now; the batch is settled all the same.
      invoke: {
        id: 'receipt',
        src: 'receipt',
        input: ({ context }) => ({
          copies: [{ copy: 'settlement', batch: context.closed.batch }],
          announcesFirst: false,
          timing: context.timing,
        }),
        onDone: 'showingSettled',
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'faulted' } }) },
      },
    },
    showingSettled: {
      meta: { zh: '结算完成' },
      entry: { type: 'show', params: ({ context }) => screen('settled', context.closed) },
      on: { KEY: 'ended' },
      after: { resultShown: 'ended' },
    },
    showingFailure: {
      meta: { zh: '结算未完成' },
      entry: {
        type: 'show',
        params: ({ context: { outcome, setback } }) => {
          invariant(outcome.kind === 'unsettled', 'a failure has its reason');
          return screen('settlementFailed', {
            reason: outcome.reason,
            responseCode: setback.kind === 'refused' ? setback.responseCode : undefined,
          });
        },
      },
      on: { KEY: 'ended' },
      after: { resultShown: 'ended' },
    },
    ended: { meta: { zh: '结算结束' }, type: 'final' },
  },
});
