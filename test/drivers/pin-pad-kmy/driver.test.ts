import { describe, expect, it } from '@jest/globals';
import { CIPHERS } from '../../../drivers/crypto/ciphers.ts';
import type { KmyPinPadOptions } from '../../../drivers/pin-pad-kmy/driver.ts';
import { bytesOfLatin1, hex, hexOf, latin1Of } from '../../../firmware/base/bytes.ts';
import { cancelSource, NEVER_CANCELLED } from '../../../firmware/base/cancel.ts';
import type { PinEntry, PinRequest } from '../../../firmware/hal/index.ts';
import { computeMac } from '../../../firmware/protocol/crypto/mac.ts';
import { wrapWorkingKey } from '../../../firmware/protocol/crypto/working-key.ts';
import type { KmyKnobs } from '../../../hal-mock/devices/pin-pad/emulator.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';
import { type FaultyWire, faultyWire } from '../../../hal-mock/wire/faulty-wire.ts';
import { type RecordingWire, recordingWire } from '../../../hal-mock/wire/recording-wire.ts';
import { TEST_MASTER_KEY, TEST_PAN } from '../../contract/pin-pad.contract.ts';
import { virtualPad } from './pad-bench.ts';

/** The published test key as working key too: the PIN block of the device notes is enciphered under it. */
const KEY = TEST_MASTER_KEY;
const SINGLE_KEY = hex('5BB5C72CD00B7338');

async function setUp(knobs: Partial<KmyKnobs> = {}, options: Partial<KmyPinPadOptions> = {}) {
  let recorder: RecordingWire | undefined;
  let faults: FaultyWire | undefined;
  const set = await virtualPad(knobs, options, (end, clock) => {
    faults = faultyWire(end, { clock, random: new SeededRandom(3), plan: [] });
    recorder = recordingWire(faults, clock);
    return recorder;
  });
  if (recorder === undefined || faults === undefined) throw new Error('no wire');
  const { pad, vault, time, emulator } = set;
  const counts: number[] = [];
  const panRef = vault.seal('pan', bytesOfLatin1(TEST_PAN));
  const load = (usage: 'pin' | 'mac' | 'track', clearKey: Uint8Array) =>
    time.resolve(pad.loadWorkingKey(wrapWorkingKey(CIPHERS, TEST_MASTER_KEY, usage, 'tdes', clearKey)));
  const ask = (request: Partial<PinRequest> = {}, signal = NEVER_CANCELLED): Promise<PinEntry> =>
    pad.enterPin(
      { panRef, amountFen: 1, digitsMin: 6, digitsMax: 6, timeoutMs: 60_000, ...request },
      (count) => counts.push(count),
      signal,
    );
  const type = (digits: string): void => {
    emulator.typeDigits(digits);
    emulator.press('confirm');
  };
  const prompted = (): Promise<void> => time.until(() => emulator.prompting);
  const blockOf = (entry: PinEntry): string =>
    entry.kind === 'entered' ? hexOf(vault.reveal(entry.pinBlockRef)) : entry.kind;
  return { ...set, recorder, faults, counts, load, ask, type, prompted, blockOf };
}

async function withKeys(knobs: Partial<KmyKnobs> = {}, options: Partial<KmyPinPadOptions> = {}) {
  const set = await setUp(knobs, options);
  set.emulator.loadMasterKey(TEST_MASTER_KEY);
  await set.load('pin', KEY);
  await set.load('mac', SINGLE_KEY);
  return set;
}

describe('KMY driver: PIN', () => {
  it('gives the enciphered block of the device notes', async () => {
    const { ask, type, prompted, time, blockOf, emulator } = await withKeys();
    const entry = ask();
    await prompted();
    type('123456');
    expect(blockOf(await time.resolve(entry))).toBe('2A084C604973D4AE');
    expect(emulator.misuse).toEqual([]);
  });

  it('never puts digits or clear keys on the line', async () => {
    const { ask, type, prompted, time, recorder } = await withKeys();
    const entry = ask();
    await prompted();
    type('135790');
    await time.resolve(entry);
    const sent = recorder.transmissions.map(({ bytes }) => latin1Of(bytes)).join('');
    for (const secret of ['135790', '313335373930', hexOf(KEY), hexOf(SINGLE_KEY), TEST_PAN]) {
      expect(sent).not.toContain(secret);
      expect(sent).not.toContain(hexOf(bytesOfLatin1(secret)));
    }
  });

  it('follows the order of commands of the device', async () => {
    const { ask, type, prompted, time, recorder } = await withKeys();
    const before = recorder.transmissions.length;
    const entry = ask();
    await prompted();
    type('123456');
    await time.resolve(entry);
    const commands = recorder.transmissions
      .slice(before)
      .filter(({ direction }) => direction === 'toDevice')
      .map(({ bytes }) => latin1Of(bytes).slice(3, 5));
    expect(commands).toEqual(['46', '43', '34', '45', '35', '42', '45']);
  });

  it('counts keys that fall between the bytes of an answer', async () => {
    const { ask, type, prompted, time, blockOf, counts } = await withKeys({ answerGapMs: 900 });
    const entry = ask();
    await prompted();
    type('123456');
    expect(blockOf(await time.resolve(entry))).toBe('2A084C604973D4AE');
    expect(counts).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('takes an entry that the pad ends by itself at the greatest length', async () => {
    const { ask, prompted, time, blockOf, emulator } = await withKeys({ autoEnd: true });
    const entry = ask();
    await prompted();
    emulator.typeDigits('123456');
    expect(blockOf(await time.resolve(entry))).toBe('2A084C604973D4AE');
  });

  it('takes back one digit where the clear key of the model does', async () => {
    const { ask, prompted, time, counts, type, emulator } = await withKeys({ clearKey: 'last' }, { clearKey: 'last' });
    const entry = ask();
    await prompted();
    emulator.typeDigits('12');
    emulator.press('clear');
    type('23456');
    expect((await time.resolve(entry)).kind).toBe('entered');
    expect(counts).toEqual([1, 2, 1, 2, 3, 4, 5, 6]);
  });

  it.each<[string, KmyKnobs['timeoutReport']]>([
    ['status 80', 'status'],
    ['byte 00', 'byte00'],
  ])('hears the time-out of the pad itself, as %s', async (_, timeoutReport) => {
    const { ask, time, clock, emulator } = await withKeys({ timeoutReport });
    // The pad counts to 255 s only.
    expect(await time.resolve(ask({ timeoutMs: 400_000 }))).toEqual({ kind: 'timedOut' });
    expect(clock.monotonicMs()).toBeLessThan(260_000);
    expect(emulator.misuse).toEqual([]);
  });

  it('times out by its own clock when a pad has restarted without a word', async () => {
    const { ask, prompted, time, emulator, type, blockOf, counts } = await withKeys();
    const entry = ask({ timeoutMs: 20_000 });
    await prompted();
    emulator.typeDigits('12');
    await time.until(() => counts.length === 2);
    emulator.reboot();
    expect(await time.resolve(entry)).toEqual({ kind: 'timedOut' });
    const again = ask();
    await prompted();
    type('123456');
    expect(blockOf(await time.resolve(again))).toBe('2A084C604973D4AE');
  });

  it('is entered or cancelled, never both and never stuck, whenever cancel and enter meet', async () => {
    const kinds = new Set<string>();
    for (let cancelAfterMs = 0; cancelAfterMs <= 400; cancelAfterMs += 10) {
      const { ask, type, prompted, time, clock, vault, emulator, blockOf } = await withKeys({ keyPaceMs: [20, 20] });
      const source = cancelSource();
      const entry = ask({}, source.signal);
      await prompted();
      type('123456');
      clock.setTimeout(() => source.cancel(), cancelAfterMs);
      const result = await time.resolve(entry);
      kinds.add(result.kind);
      expect(emulator.prompting).toBe(false);
      expect(vault.count()).toBe(result.kind === 'entered' ? 2 : 1);
      expect(emulator.misuse).toEqual([]);
      if (result.kind === 'entered') expect(blockOf(result)).toBe('2A084C604973D4AE');
      await clock.advance(1_000);
    }
    expect([...kinds].toSorted()).toEqual(['cancelled', 'entered']);
  });

  it('says nothing to the pad when the call is cancelled already', async () => {
    const { ask, time, recorder } = await withKeys();
    const before = recorder.transmissions.length;
    const source = cancelSource();
    source.cancel();
    expect(await time.resolve(ask({}, source.signal))).toEqual({ kind: 'cancelled' });
    expect(recorder.transmissions).toHaveLength(before);
  });

  it('throws the block away when it is cancelled between the enter key and the block', async () => {
    const { ask, type, prompted, time, clock, emulator, vault } = await withKeys();
    const source = cancelSource();
    const entry = ask({}, source.signal);
    await prompted();
    type('123456');
    await time.until(() => !emulator.prompting);
    clock.setTimeout(() => source.cancel(), 50);
    expect(await time.resolve(entry)).toEqual({ kind: 'cancelled' });
    expect(vault.count()).toBe(1);
  });

  it('rejects with security when the keys are lost during entry', async () => {
    const { ask, type, prompted, time, emulator, warnings, pad } = await withKeys();
    const entry = ask();
    await prompted();
    emulator.loseKeys();
    type('123456');
    await expect(time.resolve(entry)).rejects.toMatchObject({ kind: 'security' });
    expect(warnings).toContain('masterKeyLost');
    expect(await time.resolve(pad.status())).toEqual({ masterKey: false, workingKeys: [] });
    expect(emulator.prompting).toBe(false);
  });

  it('does not read the block twice, and says so when its answer was damaged', async () => {
    const { ask, type, prompted, time, emulator, recorder } = await withKeys();
    const entry = ask();
    await prompted();
    type('123456');
    await time.until(() => !emulator.prompting);
    emulator.knobs.wrongBccs = 1;
    await expect(time.resolve(entry)).rejects.toMatchObject({ kind: 'protocol' });
    const reads = recorder.transmissions.filter(({ bytes }) => latin1Of(bytes) === '\x02014243\x03');
    expect(reads).toHaveLength(1);
  });
});

describe('KMY driver: keys', () => {
  it('makes the UnionPay MAC of the device notes', async () => {
    const { load, pad, time } = await withKeys();
    await load('mac', KEY);
    const data = hex('0200302004C020C0981100000000000001000012345603');
    expect(latin1Of(await time.resolve(pad.mac('cup-ecb', data)))).toBe('D6C02688');
  });

  it('makes X9.9 and the raw fold where the pad can, and says unsupported where it cannot', async () => {
    const { load, pad, time } = await withKeys();
    const data = bytesOfLatin1('0200 message of some length');
    expect(await time.resolve(pad.mac('x9.9', data))).toEqual(computeMac(CIPHERS, 'x9.9', SINGLE_KEY, data));
    await expect(time.resolve(pad.mac('x9.9', new Uint8Array(101)))).rejects.toMatchObject({ kind: 'unsupported' });
    await expect(time.resolve(pad.mac('raw-fold', data))).rejects.toMatchObject({ kind: 'unsupported' });
    await load('mac', KEY);
    expect(await time.resolve(pad.mac('raw-fold', data))).toEqual(computeMac(CIPHERS, 'raw-fold', KEY, data));
    for (const algorithm of ['x9.9', 'x9.19', 'cbc', 'cup-sm4'] as const) {
      await expect(time.resolve(pad.mac(algorithm, data))).rejects.toMatchObject({ kind: 'unsupported' });
    }
  });

  it('goes on with its keys after it was unplugged', async () => {
    const { pad, time, emulator, clock } = await withKeys();
    const before = await time.resolve(pad.mac('cup-ecb', bytesOfLatin1('message')));
    emulator.unplug();
    await expect(time.resolve(pad.mac('cup-ecb', bytesOfLatin1('message')))).rejects.toMatchObject({
      kind: 'disconnected',
    });
    emulator.replug();
    await clock.advance(1_000);
    expect(await time.resolve(pad.mac('cup-ecb', bytesOfLatin1('message')))).toEqual(before);
    expect(await time.resolve(pad.status())).toMatchObject({ workingKeys: ['pin', 'mac'] });
  });

  it('rejects with security when the pad on the line turns out to hold no such key', async () => {
    const { pad, time, emulator } = await withKeys();
    emulator.loseKeys();
    emulator.loadMasterKey(hex('FEDCBA98765432100123456789ABCDEF'));
    await expect(time.resolve(pad.mac('cup-ecb', bytesOfLatin1('message')))).rejects.toMatchObject({
      kind: 'security',
    });
    expect((await time.resolve(pad.status())).workingKeys).toEqual(['pin']);
  });

  it('loads a master key once, and again only when told', async () => {
    const { pad, time } = await setUp();
    expect(await time.resolve(pad.loadMasterKey(0, KEY.slice(0, 15)))).toEqual({ kind: 'refused', reason: 'badKey' });
    expect(await time.resolve(pad.loadMasterKey(0, KEY))).toEqual({ kind: 'loaded' });
    expect(await time.resolve(pad.loadMasterKey(0, KEY))).toEqual({ kind: 'refused', reason: 'alreadyLoaded' });
    expect(await time.resolve(pad.loadMasterKey(0, KEY, true))).toEqual({ kind: 'loaded' });
    expect(await time.resolve(pad.status())).toEqual({ masterKey: true, workingKeys: [] });
    const key = wrapWorkingKey(CIPHERS, KEY, 'mac', 'tdes', SINGLE_KEY);
    expect(await time.resolve(pad.loadWorkingKey(key))).toEqual({ kind: 'loaded' });
  });

  it('makes erased keys useless in the device too', async () => {
    const { pad, time, recorder } = await withKeys();
    const from = recorder.transmissions.length;
    await time.resolve(pad.eraseWorkingKeys());
    const loads = recorder.transmissions.slice(from).filter(({ bytes }) => latin1Of(bytes).slice(3, 5) === '33');
    const slots = loads.map(({ bytes }) => latin1Of(bytes).slice(7, 9));
    expect(slots).toEqual(['00', '01', '02', '03', '04', '05']);
    expect(new Set(loads.map(({ bytes }) => latin1Of(bytes).slice(9, 41))).size).toBe(6);
  });

  it('reports a low battery and does the work', async () => {
    const { pad, time, warnings, emulator } = await withKeys();
    emulator.knobs.batteryLow = true;
    const mac = await time.resolve(pad.mac('cup-ecb', bytesOfLatin1('message')));
    expect(mac).toEqual(computeMac(CIPHERS, 'cup-ecb', SINGLE_KEY, bytesOfLatin1('message')));
    expect(warnings).toContain('batteryLow');
  });

  it.each([
    [0xf2, { kind: 'other', detail: 'status F2' }],
    [0xf0, { kind: 'other', detail: 'status F0' }],
  ])('rejects with the code of a fault that the self-test finds', async (selfTestFault, error) => {
    const { pad, time } = await setUp({ selfTestFault });
    await expect(time.resolve(pad.status())).rejects.toMatchObject(error);
  });

  it('takes fault F6 for a lost master key', async () => {
    const { pad, time } = await setUp({ selfTestFault: 0xf6 });
    expect(await time.resolve(pad.status())).toEqual({ masterKey: false, workingKeys: [] });
  });
});

describe('KMY driver on a bad line', () => {
  const MESSAGE = bytesOfLatin1('0200 message');
  const MAC = computeMac(CIPHERS, 'cup-ecb', SINGLE_KEY, MESSAGE);

  it('repeats a command whose answer was damaged or lost', async () => {
    const { pad, time, emulator } = await withKeys();
    emulator.knobs.wrongBccs = 1;
    expect(await time.resolve(pad.mac('cup-ecb', MESSAGE))).toEqual(MAC);
    emulator.knobs.lostAnswers = 2;
    expect(await time.resolve(pad.mac('cup-ecb', MESSAGE))).toEqual(MAC);
  });

  it('says timeout to a mute pad, and recovers when it speaks again', async () => {
    const { pad, time, emulator } = await withKeys();
    emulator.knobs.lostAnswers = Number.POSITIVE_INFINITY;
    await expect(time.resolve(pad.mac('cup-ecb', MESSAGE))).rejects.toMatchObject({ kind: 'timeout' });
    emulator.knobs.lostAnswers = 0;
    expect(await time.resolve(pad.mac('cup-ecb', MESSAGE))).toEqual(MAC);
  });

  it('is not shaken by noise, random chunks, a slow line or dribble', async () => {
    const { pad, time, faults } = await withKeys();
    faults.setPlan([
      { direction: 'toHost', frames: 'all', fault: { kind: 'noise', where: 'before', bytes: hex('FF7E03') } },
      { direction: 'toHost', frames: 'all', fault: { kind: 'chunks', bytesMax: 3, gapMaxMs: 10 } },
      { direction: 'toDevice', frames: 'all', fault: { kind: 'pace', baudRate: 9600 } },
    ]);
    expect(await time.resolve(pad.mac('cup-ecb', MESSAGE))).toEqual(MAC);
    faults.setPlan([{ direction: 'toHost', frames: 'all', fault: { kind: 'dribble', gapMs: 2 } }]);
    expect(await time.resolve(pad.mac('cup-ecb', MESSAGE))).toEqual(MAC);
    expect(faults.faultCount).toBeGreaterThan(10);
  });

  it('gives the right MAC or an error, never a wrong one, whatever single bits flip', async () => {
    const { pad, time, faults } = await withKeys();
    const outcomes = new Set<string>();
    for (let round = 0; round < 150; round++) {
      faults.setPlan([
        { direction: 'toHost', frames: { oneIn: 2 }, fault: { kind: 'flipBit' } },
        { direction: 'toDevice', frames: { oneIn: 5 }, fault: { kind: 'flipBit' } },
      ]);
      const result = await time.resolve(pad.mac('cup-ecb', MESSAGE)).catch((error: { kind: string }) => error.kind);
      outcomes.add(typeof result === 'string' ? result : 'mac');
      if (typeof result !== 'string') expect(result).toEqual(MAC);
      faults.setPlan([]);
      await withKeysAgain();
    }
    expect(outcomes).toContain('mac');

    async function withKeysAgain(): Promise<void> {
      const key = wrapWorkingKey(CIPHERS, TEST_MASTER_KEY, 'mac', 'tdes', SINGLE_KEY);
      expect(await time.resolve(pad.loadWorkingKey(key))).toEqual({ kind: 'loaded' });
    }
  });
});
