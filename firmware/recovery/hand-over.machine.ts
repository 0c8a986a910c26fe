import { assign, setup } from 'xstate';
import { present } from '../base/invariant.ts';
import type { CheckSupervisorInput } from '../effects/check-supervisor.ts';
import type { CloseByHandInput, CloseByHandOutcome } from '../effects/close-by-hand.ts';
import { declareEffect } from '../effects/effect.ts';
import type { SaleView } from '../effects/look-up.ts';
import type { Key, Supervisor } from '../hal/index.ts';
import { afterDigitKey, isDigitKey } from '../rules/digit-entry.ts';
import { screen, show } from '../screens/show.ts';
import type { TimingSettings } from '../settings.ts';

/** Tries of a number and its passcode before the cashier has to begin again. */
export const AUTHORIZATION_TRIES_MAX = 3;
const NUMBER_DIGITS_MAX = 8;
const PASSCODE_DIGITS_MAX = 12;

export interface HandOverInput {
  readonly timing: TimingSettings;
}

interface HandOverContext extends HandOverInput {
  readonly items: readonly SaleView[];
  readonly at: number;
  readonly number: string;
  readonly passcode: string;
  readonly tries: number;
  readonly supervisor: Supervisor;
}

const NOBODY: Supervisor = { number: '', name: '' };

function itemOf({ items, at }: HandOverContext): SaleView {
  return present(items[at % items.length], 'an item is shown only while one is open');
}

function onScreen(context: HandOverContext) {
  const { key, what, amountFen, subject } = itemOf(context);
  return { what, voucher: key.stan.toString().padStart(6, '0'), amountFen, subject };
}

/**
 * A named supervisor takes over an open sale 转人工: the only way other than the host's answer in which one ends. The journal
 * keeps who did it, and the next settlement slip lists it.
 */
export const handOverMachine = setup({
  types: { input: {} as HandOverInput, context: {} as HandOverContext, events: {} as { type: 'KEY'; key: Key } },
  actors: {
    listOpen: declareEffect<readonly SaleView[], undefined>(),
    checkSupervisor: declareEffect<Supervisor | undefined, CheckSupervisorInput>(),
    closeByHand: declareEffect<CloseByHandOutcome, CloseByHandInput>(),
  },
  actions: { show },
  guards: {
    isKey: ({ event }, key: Key) => event.key === key,
    isEntry: ({ event }) => isDigitKey(event.key) || event.key === 'clear',
    noneOpen: ({ context }) => context.items.length === 0,
    hasNumber: ({ context, event }) => event.key === 'confirm' && context.number !== '',
    hasPasscode: ({ context, event }) => event.key === 'confirm' && context.passcode !== '',
    triedEnough: ({ context }) => context.tries >= AUTHORIZATION_TRIES_MAX,
  },
  delays: {
    operatorAway: ({ context }) => context.timing.operatorMs,
    resultShown: ({ context }) => context.timing.resultMs,
  },
}).createMachine({
  id: 'handOver',
  context: ({ input }) => ({ ...input, items: [], at: 0, number: '', passcode: '', tries: 0, supervisor: NOBODY }),
  initial: 'listing',
  states: {
    listing: {
      meta: { zh: '列出未完成交易' },
      invoke: {
        src: 'listOpen',
        onDone: { target: 'choosing', actions: assign(({ event }) => ({ items: event.output, at: 0 })) },
        onError: 'ended',
      },
    },
    choosing: {
      meta: { zh: '有无未完成交易' },
      always: [{ guard: 'noneOpen', target: 'ended' }, { target: 'reviewing' }],
    },
    reviewing: {
      meta: { zh: '查看未完成交易' },
      tags: ['cancellable'],
      entry: {
        type: 'show',
        params: ({ context }) => {
          const count = context.items.length;
          return screen('openItem', { ...onScreen(context), at: (context.at % count) + 1, count });
        },
      },
      on: {
        KEY: [
          { guard: { type: 'isKey', params: 'confirm' }, target: 'enteringNumber' },
          {
            guard: { type: 'isKey', params: 'function' },
            target: 'reviewing',
            reenter: true,
            actions: assign(({ context }) => ({ at: context.at + 1 })),
          },
          { guard: { type: 'isKey', params: 'cancel' }, target: 'ended' },
        ],
      },
      after: { operatorAway: 'ended' },
    },
    enteringNumber: {
      meta: { zh: '输入主管号' },
      tags: ['cancellable'],
      entry: { type: 'show', params: ({ context }) => screen('enterSupervisor', { digits: context.number }) },
      on: {
        KEY: [
          { guard: { type: 'isKey', params: 'cancel' }, target: 'ended' },
          { guard: 'hasNumber', target: 'enteringPasscode' },
          {
            guard: 'isEntry',
            target: 'enteringNumber',
            reenter: true,
            actions: assign(({ context, event }) => ({
              number: afterDigitKey(context.number, event.key, NUMBER_DIGITS_MAX),
            })),
          },
        ],
      },
      after: { operatorAway: 'ended' },
    },
    enteringPasscode: {
      meta: { zh: '输入主管口令' },
      tags: ['cancellable', 'secretKeys'],
      entry: {
        type: 'show',
        params: ({ context }) => screen('enterPasscode', { number: context.number, digits: context.passcode.length }),
      },
      on: {
        KEY: [
          { guard: { type: 'isKey', params: 'cancel' }, target: 'ended' },
          { guard: 'hasPasscode', target: 'checking' },
          {
            guard: 'isEntry',
            target: 'enteringPasscode',
            reenter: true,
            actions: assign(({ context, event }) => ({
              passcode: afterDigitKey(context.passcode, event.key, PASSCODE_DIGITS_MAX),
            })),
          },
        ],
      },
      after: { operatorAway: 'ended' },
    },
    checking: {
      meta: { zh: '核对主管' },
      invoke: {
        src: 'checkSupervisor',
        input: ({ context }) => ({ number: context.number, passcode: context.passcode }),
        onDone: [
          {
            guard: ({ event }) => event.output !== undefined,
            target: 'closing',
            actions: assign(({ event }) => ({
              passcode: '',
              supervisor: present(event.output, 'a supervisor is who was recognised'),
            })),
          },
          {
            target: 'refusing',
            actions: assign(({ context }) => ({ number: '', passcode: '', tries: context.tries + 1 })),
          },
        ],
        onError: 'ended',
      },
    },
    refusing: {
      meta: { zh: '授权未通过' },
      entry: {
        type: 'show',
        params: ({ context }) => screen('supervisorRefused', { triesLeft: AUTHORIZATION_TRIES_MAX - context.tries }),
      },
      on: { KEY: [{ guard: 'triedEnough', target: 'ended' }, { target: 'enteringNumber' }] },
      after: { resultShown: [{ guard: 'triedEnough', target: 'ended' }, { target: 'enteringNumber' }] },
    },
    closing: {
      meta: { zh: '登记转人工' },
      tags: ['moneyAtRisk'],
      invoke: {
        src: 'closeByHand',
        input: ({ context }) => ({
          key: itemOf(context).key,
          supervisor: `${context.supervisor.number} ${context.supervisor.name}`,
        }),
        // The host may have ended it while the supervisor was typing: then there is nothing to take over.
        onDone: [
          { guard: ({ event }) => event.output.kind === 'closed', target: 'showingHandedOver' },
          { target: 'ended' },
        ],
        onError: 'ended',
      },
    },
    showingHandedOver: {
      meta: { zh: '已转人工' },
      entry: {
        type: 'show',
        params: ({ context }) =>
          screen('handedOver', {
            ...onScreen(context),
            supervisor: `${context.supervisor.number} ${context.supervisor.name}`,
          }),
      },
      on: { KEY: 'ended' },
      after: { resultShown: 'ended' },
    },
    ended: { meta: { zh: '结束' }, type: 'final' },
  },
});
