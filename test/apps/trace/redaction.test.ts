import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { bytesOfLatin1, hexOf } from '../../../firmware/base/bytes.ts';
import {
  bytesField,
  createCodec,
  CUP_STANDARD,
  type IsoMessage,
  textField,
  unpackFrame,
} from '../../../firmware/protocol/iso8583/index.ts';
import { Acquirer } from '../../../simulator/acquirer/acquirer.ts';
import { JD_PEOPLE } from '../../../simulator/wallet/jd/people.ts';
import { TEST_CARDS } from '../../../hal-mock/cards/test-cards.ts';
import { TEST_SUPERVISOR } from '../../../hal-mock/supervisors.ts';
import { TEST_TERMINAL } from '../../../simulator/acquirer/terminals.ts';
import { parseScenarios, type Scenario } from '../../../simulator/scenario/format.ts';
import { secretsOfPeople } from '../../../simulator/scenario/people.ts';
import type { TraceRecorder } from '../../../apps/trace/recorder.ts';
import { playInWorld, scenarioRecorder } from '../../../apps/world/scenario-world.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Every kind of sale and refund, and every way to type something that is nobody's business. */
const FILES = [
  'chip-online-pin',
  'swipe-magstripe-only',
  'tap-under-limit',
  'tap-over-limit',
  'wrong-pin-three-times',
  'cancel-at-every-step',
  'card-instalments',
  'huabei-six-periods',
  'baitiao-by-account',
  'baitiao-by-code',
  'sms-codes',
  'shown-codes',
  'unionpay-codes',
  'aggregator-plans',
  'codes-in-one-payment',
  'unknown-code',
  'open-sale-handed-over',
  'signature-on-panel',
  'settlement-balanced',
  'noise-on-every-line',
  'offline-sale',
  'power-cut-in-authorization',
];

/** All ways in which a secret could stand in a text. */
function formsOf(secret: string | Uint8Array): readonly string[] {
  const bytes = typeof secret === 'string' ? bytesOfLatin1(secret) : secret;
  const packed = typeof secret === 'string' && /^\d+$/.test(secret) ? packedForms(secret) : [];
  const texts = typeof secret === 'string' ? [secret] : [];
  return [...texts, ...[bytes, ...packed].flatMap((each) => [hexOf(each), hexOf(each).toLowerCase(), ...base64(each)])];
}

/** Two digits a byte. */
function packedForms(digits: string): readonly Uint8Array[] {
  return [digits, `0${digits}`, `${digits}F`]
    .filter((each) => each.length % 2 === 0)
    .map((each) => Uint8Array.from(Buffer.from(each, 'hex')));
}

/** As it stands in base64 wherever it begins, without the characters that depend on what is beside it. */
function base64(bytes: Uint8Array): readonly string[] {
  return [0, 1, 2]
    .map((before) => {
      const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
      return text.slice(Math.ceil((8 * before) / 6), Math.floor((8 * (before + bytes.length)) / 6));
    })
    .filter((text) => text.length >= FORM_LENGTH_MIN);
}

/** What messages carried that nobody may keep: tracks, PIN blocks, chip data as a whole, working keys. */
function carried(messages: readonly IsoMessage[]): readonly (string | Uint8Array)[] {
  const texts = messages.flatMap((message) => [textField(message, 35), textField(message, 36)]);
  const bytes = messages.flatMap((message) => [bytesField(message, 52), bytesField(message, 55), keysOf(message)]);
  return [...texts, ...bytes].filter((each): each is string | Uint8Array => each !== undefined && each.length > 7);
}

function keysOf(message: IsoMessage): Uint8Array | undefined {
  return message.mti.startsWith('08') ? bytesField(message, 62) : undefined;
}

const PEOPLE = [
  ...TEST_CARDS.flatMap(({ pan }) => [pan, pan.slice(0, -1)]),
  ...TEST_CARDS.flatMap(({ pin, typedPins }) => [pin, ...typedPins]).filter((pin) => pin.length > 4),
  ...secretsOfPeople(),
  TEST_SUPERVISOR.passcode,
];

/** Shorter ones stand somewhere by chance. */
const FORM_LENGTH_MIN = 8;
const ROWS_MAX = 3;

const BETWEEN_WORDS = /["\s,{}[\]]+/;

/** So few digits may stand by chance in a longer number or in a picture; as a word they would be what they are. */
const SHORT = /^\d{1,7}$/;

/** Forms of what everybody has and of what one run carried. */
function secretForms(ofRun: readonly (string | Uint8Array)[]): readonly string[] {
  const long = [...PEOPLE, ...ofRun, TEST_TERMINAL.masterKey].filter(
    (secret) => typeof secret !== 'string' || !SHORT.test(secret),
  );
  return [...new Set(long.flatMap(formsOf))];
}

/** Which of the forms stand in a text: one walk, however many they are. */
function found(text: string, forms: readonly string[]): readonly string[] {
  const byBeginning = new Map<string, string[]>();
  for (const form of forms) {
    const beginning = form.slice(0, FORM_LENGTH_MIN);
    byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), form]);
  }
  const standing: string[] = [];
  for (let at = 0; at + FORM_LENGTH_MIN <= text.length; at++) {
    const candidates = byBeginning.get(text.slice(at, at + FORM_LENGTH_MIN)) ?? [];
    standing.push(...candidates.filter((form) => text.startsWith(form, at)));
  }
  return standing;
}

/** Of a file with many rows a few, from all parts of it. */
function someScenarios(file: string): readonly Scenario[] {
  const all = parseScenarios(readFileSync(join(ROOT, `scenarios/${file}.yaml`), 'utf8'));
  const step = Math.ceil(all.length / ROWS_MAX);
  return all.filter((_, index) => index % step === 0);
}

const codec = createCodec(CUP_STANDARD);

describe('a trace', () => {
  /** Everything that the acquirer got and gave. */
  const messages: IsoMessage[] = [];

  beforeEach(() => {
    messages.length = 0;
    const receive = Object.getOwnPropertyDescriptor(Acquirer.prototype, 'receive')?.value as Acquirer['receive'];
    jest.spyOn(Acquirer.prototype, 'receive').mockImplementation(function (this: Acquirer, frame) {
      const answers = receive.call(this, frame);
      messages.push(codec.decode(unpackFrame(frame).iso));
      for (const answer of answers) {
        if (answer.kind === 'frame') messages.push(codec.decode(unpackFrame(answer.frame).iso));
      }
      return answers;
    });
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each(FILES)('of %s holds no secret in any form', async (file) => {
    const words = new Set<string>();
    const secrets = new Set<string>();
    for (const scenario of someScenarios(file)) {
      let recorder: TraceRecorder | undefined;
      const { result, world } = await playInWorld(scenario, 'memory', {
        record: (clock) => (recorder = scenarioRecorder(scenario)(clock)),
      });
      expect(result.failures).toEqual([]);
      for (const { id } of JD_PEOPLE) secrets.add(world.wallets.phone('jd', id).smsCode() ?? '');
      // What is the same in many runs is looked at once.
      for (const word of recorder?.text().split(BETWEEN_WORDS) ?? []) words.add(word);
    }
    secrets.delete('');
    expect(words.size).toBeGreaterThan(100);
    expect(words).toContain('screen');
    expect(found([...words].join(' '), secretForms([...secrets, ...carried(messages)]))).toEqual([]);
    expect([...secrets, ...PEOPLE].filter((secret) => words.has(secret))).toEqual([]);
  });
});
