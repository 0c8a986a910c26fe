import { assign, setup } from 'xstate';
import type { ClosedBatch } from '../effects/close-batch.ts';
import { declareEffect } from '../effects/effect.ts';
import type { PrintCopyOutcome } from '../effects/print-copy.ts';
import type { ScriptNoticeOutcome } from '../effects/send-script-notice.ts';
import type { TotalsOutcome } from '../effects/settle-totals.ts';
import type { UploadOutcome } from '../effects/upload-batch.ts';
import type { Key } from '../hal/index.ts';
import { pendingMachine } from '../recovery/pending.machine.ts';
import type { TimingSettings } from '../settings.ts';
import type { SettlementScreenCall, SettlementScreenParams } from './settlement-screens.ts';
import type { UploadShare } from './upload-plan.ts';

/** Tries of one message before the settlement waits for better times. */
export const TRIES_PER_MESSAGE = 3;

export interface SettleInput {
  readonly timing: TimingSettings;
}

/** How a settlement ended. Whatever it was, the journal knows where the next one goes on. */
export type SettleOutcome =
  /** The next batch is open. */
  | { readonly kind: 'settled'; readonly balanced: boolean; readonly slip: 'printed' | 'owed' }
  | { readonly kind: 'unsettled'; readonly reason: 'openItems' | 'unanswered' | 'refused' }
  /** The host does not know our keys or our batch any more: sign on, then come back. */
  | { readonly kind: 'signOnNeeded' }
  | { readonly kind: 'faulted' };

interface SettleContext extends SettleInput {
  readonly step: SettlementScreenParams['settling']['step'];
  readonly share: UploadShare;
  readonly tries: number;
  readonly responseCode: string | undefined;
  readonly closed: ClosedBatch;
  readonly problem: PrintCopyOutcome;
  readonly outcome: SettleOutcome;
}

const NO_BATCH: ClosedBatch = { batch: '', balanced: false, disagreements: 0 };

const settling = ({ step, share }: SettleContext): SettlementScreenCall => ({
  id: 'settling',
  params: { step, done: share.done, total: share.total },
});

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
    printSettlement: declareEffect<PrintCopyOutcome, undefined>(),
  },
  actions: { show: (_scope: unknown, _call: SettlementScreenCall): void => undefined },
  guards: {
    isConfirm: ({ event }) => event.key === 'confirm',
    isCancel: ({ event }) => event.key === 'cancel',
    triedEnough: ({ context }) => context.tries >= TRIES_PER_MESSAGE,
    isUploading: ({ context }) => context.step === 'upload',
  },
  // The backoff is that of a pass of the recovery, 2 s and 4 s.
  delays: {
    backoff: ({ context }) => 2000 * context.tries,
    operatorAway: ({ context }) => context.timing.operatorMs,
    resultShown: ({ context }) => context.timing.resultMs,
  },
}).createMachine({
  id: 'settle',
  context: ({ input }) => ({
    ...input,
    step: 'notices',
    share: { done: 0, total: 0 },
    tries: 0,
    responseCode: undefined,
    closed: NO_BATCH,
    problem: { kind: 'printed' },
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
            guard: ({ event }) => event.output.kind === 'refused' && event.output.signOnAgain,
            target: 'ended',
            actions: assign({ outcome: { kind: 'signOnNeeded' } }),
          },
          {
            guard: ({ event }) => event.output.kind === 'refused',
            target: 'showingFailure',
            actions: assign(({ event }) => ({
              responseCode: event.output.kind === 'refused' ? event.output.responseCode : undefined,
              outcome: { kind: 'unsettled', reason: 'refused' },
            })),
          },
          { target: 'backingOff', actions: assign(({ context }) => ({ tries: context.tries + 1 })) },
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
            actions: assign(({ context, event }) => ({
              share: event.output.kind === 'sent' ? event.output : context.share,
              tries: 0,
            })),
          },
          { guard: ({ event }) => event.output.kind === 'complete', target: 'closing' },
          {
            guard: ({ event }) => event.output.kind === 'signOnNeeded',
            target: 'ended',
            actions: assign({ outcome: { kind: 'signOnNeeded' } }),
          },
          {
            guard: ({ event }) => event.output.kind === 'refused',
            target: 'showingFailure',
            actions: assign(({ event }) => ({
              responseCode: event.output.kind === 'refused' ? event.output.responseCode : undefined,
              outcome: { kind: 'unsettled', reason: 'refused' },
            })),
          },
          { target: 'backingOff', actions: assign(({ context }) => ({ tries: context.tries + 1 })) },
        ],
        onError: 'ended',
      },
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
            outcome: { kind: 'settled', balanced: event.output.balanced, slip: 'owed' },
          })),
        },
        onError: 'ended',
      },
    },
    printing: {
      meta: { zh: '打印结算单' },
      entry: {
        type: 'show',
        params: ({ context }) => ({ id: 'settled', params: context.closed }),
      },
      invoke: {
        src: 'printSettlement',
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'printed',
            target: 'showingSettled',
            actions: assign(({ context }) => ({
              outcome: { kind: 'settled', balanced: context.closed.balanced, slip: 'printed' },
            })),
          },
          { target: 'showingProblem', actions: assign(({ event }) => ({ problem: event.output })) },
        ],
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'faulted' } }) },
      },
    },
    showingProblem: {
      meta: { zh: '打印机故障' },
      entry: {
        type: 'show',
        params: ({ context }) => ({
          id: 'printerProblem',
          params: { reason: context.problem.kind === 'printed' ? 'offline' : context.problem.reason },
        }),
      },
      on: {
        KEY: [
          { guard: 'isConfirm', target: 'printing' },
          { guard: 'isCancel', target: 'ended' },
        ],
      },
      after: { operatorAway: 'ended' },
    },
    showingSettled: {
      meta: { zh: '结算完成' },
      on: { KEY: 'ended' },
      after: { resultShown: 'ended' },
    },
    showingFailure: {
      meta: { zh: '结算未完成' },
      entry: {
        type: 'show',
        params: ({ context }) => ({
          id: 'settlementFailed',
          params: {
            reason: context.outcome.kind === 'unsettled' ? context.outcome.reason : 'unanswered',
            responseCode: context.responseCode,
          },
        }),
      },
      on: { KEY: 'ended' },
      after: { resultShown: 'ended' },
    },
    ended: { meta: { zh: '结算结束' }, type: 'final' },
  },
});
