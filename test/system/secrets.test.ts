import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import * as xstate from 'xstate';
import { hexOf, latin1Of } from '../../firmware/base/bytes.ts';
import type { IsoMessage } from '../../firmware/protocol/iso8583/index.ts';
import { TEST_CARDS } from '../../hal-mock/cards/test-cards.ts';
import { WALLET_CUSTOMERS } from '../../simulator/wallet/customers.ts';
import { settingsWith } from '../firmware/shop.ts';
import type { Counter as CounterClass } from './counter.ts';
import { SALES } from './sales.ts';

/** Everything that an inspector of the machines is told, as text. */
const inspected: string[] = [];

/** Texts of everything inside a value, bytes as characters and as hex, so that nothing hides in a form. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (inner instanceof Uint8Array) return `${latin1Of(inner)} ${hexOf(inner)}`;
    return inner instanceof Map ? [...inner] : inner;
  });
}

// The terminal makes its actor itself; only a wrapped createActor can listen in without a way in for everybody.
jest.unstable_mockModule('xstate', () => ({
  ...xstate,
  createActor: (logic: xstate.AnyStateMachine, options: xstate.ActorOptions<xstate.AnyStateMachine>) => {
    const actor = xstate.createActor(logic, options);
    actor.system.inspect((event) => {
      if (event.type === '@xstate.event') inspected.push(textOf(event.event));
      if (event.type === '@xstate.snapshot') inspected.push(textOf(event.snapshot));
    });
    return actor;
  },
}));

let Counter: typeof CounterClass;

beforeAll(async () => {
  ({ Counter } = await import('./counter.ts'));
});

/** What a message carried that nobody may keep: PIN block, track, and the chip's own authentication data. */
function carried({ fields }: IsoMessage): string[] {
  const { 35: track, 52: pinBlock, 55: chipData, 59: sm4 } = fields;
  const texts = [track, sm4].filter((field) => typeof field === 'string');
  const bytes = [pinBlock, chipData].filter((field) => field instanceof Uint8Array);
  const blocks = bytes.map((field) => hexOf(field)).filter((text) => !/^0*$/.test(text));
  return [...texts, ...blocks];
}

describe('what must not be seen', () => {
  it.each([...SALES.map((sale) => ({ ...sale, scheme: '004' as const })), { ...SALES[1]!, scheme: '006' as const }])(
    '$name under scheme $scheme',
    async ({ play, scheme }) => {
      inspected.length = 0;
      const macAlgorithm = scheme === '006' ? 'cup-sm4' : 'cup-ecb';
      const counter = new Counter(settingsWith({ signOnScheme: scheme, macAlgorithm }));
      const { shop } = counter;
      counter.terminal.start();
      await play(counter);
      await counter.until(() => counter.terminal.statePath() !== 'terminal.idle', 'the sale has begun');
      await counter.atRest(300_000);
      const sales = shop.acquirerRequests().filter(({ mti }) => mti === '0200');
      const inMessages = sales.flatMap((request) => carried(request));
      const secrets = [
        ...TEST_CARDS.map(({ pan }) => pan),
        ...WALLET_CUSTOMERS.map(({ code }) => code),
        ...inMessages,
        '123456',
      ];
      const places = {
        screens: textOf(shop.display.history),
        journal: shop.life.store.memory.records().join('\n'),
        paper: shop.slips.join('\n'),
        states: [...counter.paths].join('\n'),
        inspector: inspected.join('\n'),
      };
      const found = Object.entries(places).flatMap(([place, text]) =>
        secrets.filter((secret) => text.includes(secret)).map((secret) => `${place}: ${secret}`),
      );
      expect(found).toEqual([]);
      expect(shop.vault.count()).toBe(0);
      expect(inspected.length).toBeGreaterThan(50);
      expect(places.states).toContain('/');
    },
  );
});
