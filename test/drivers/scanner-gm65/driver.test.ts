import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { hexOf, latin1Of } from '../../../firmware/base/bytes.ts';
import { cancelSource, NEVER_CANCELLED } from '../../../firmware/base/cancel.ts';
import type { Scan } from '../../../firmware/hal/index.ts';
import type { Gm65Knobs } from '../../../hal-mock/devices/scanner/emulator.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';
import { type FaultyWire, faultyWire } from '../../../hal-mock/wire/faulty-wire.ts';
import { type RecordingWire, recordingWire } from '../../../hal-mock/wire/recording-wire.ts';
import { virtualScanner } from './scanner-bench.ts';

const CODE = '28763443825664394';

async function setUp(knobs: Partial<Gm65Knobs> = {}) {
  let recorder: RecordingWire | undefined;
  let faults: FaultyWire | undefined;
  const set = await virtualScanner(knobs, (end, clock) => {
    faults = faultyWire(end, { clock, random: new SeededRandom(5), plan: [] });
    recorder = recordingWire(faults, clock);
    return recorder;
  });
  if (recorder === undefined || faults === undefined) throw new Error('no wire');
  const { scanner, vault, time } = set;
  const { transmissions } = recorder;
  const scan = (timeoutMs = 20_000): Promise<Scan> => time.resolve(scanner.scan(timeoutMs, NEVER_CANCELLED));
  const codeOf = (result: Scan): string =>
    result.kind === 'scanned' ? latin1Of(vault.reveal(result.codeRef)) : result.kind;
  const commands = (): string[] =>
    transmissions.filter(({ direction }) => direction === 'toDevice').map(({ bytes }) => hexOf(bytes).slice(4, -4));
  return { ...set, faults, scan, codeOf, commands };
}

const READ_MODE = '0701000001';
const READ_TAIL = '0701006001';
const TRIGGER = '0801000201';
const STOP = '0801000200';

describe('GM65 driver', () => {
  it('configures once: reads, changes only its bits, checks and saves', async () => {
    const { scan, emulator, commands } = await setUp();
    emulator.show(CODE);
    await scan();
    // D4 has manual mode in its low bits; tail CRLF becomes CR.
    expect(commands()).toEqual([
      READ_MODE,
      '08010000D5',
      READ_MODE,
      READ_TAIL,
      '0801006001',
      READ_TAIL,
      '0901000000',
      TRIGGER,
    ]);
    await scan();
    expect(commands().slice(8)).toEqual([TRIGGER]);
    expect(emulator.saveCount).toBe(1);
  });

  it('does not wear out the flash of a scanner that is configured already', async () => {
    const { scan, codeOf, emulator, clock } = await setUp();
    emulator.show(CODE);
    await scan();
    emulator.unplug();
    emulator.replug();
    await clock.advance(1_000);
    expect(codeOf(await scan())).toBe(CODE);
    expect(emulator.saveCount).toBe(1);
  });

  it('configures a scanner that was exchanged for one in another mode', async () => {
    const { scan, codeOf, emulator, clock } = await setUp();
    emulator.show(CODE);
    await scan();
    emulator.unplug();
    emulator.resetToFactory();
    emulator.replug();
    await clock.advance(1_000);
    expect(codeOf(await scan())).toBe(CODE);
    expect(emulator.saveCount).toBe(2);
  });

  it('takes a decode that is glued to the answer of the trigger', async () => {
    const { scan, codeOf, emulator } = await setUp({ gluesDecode: true });
    emulator.show(CODE);
    expect(codeOf(await scan())).toBe(CODE);
  });

  it('triggers again when the scanner gives up by its own limit', async () => {
    const { scanner, time, codeOf, emulator, clock, commands } = await setUp({ readLimitMs: 3_000 });
    const scan = scanner.scan(20_000, NEVER_CANCELLED);
    await clock.advance(15_000);
    emulator.show(CODE);
    expect(codeOf(await time.resolve(scan))).toBe(CODE);
    expect(commands().filter((command) => command === TRIGGER).length).toBeGreaterThan(3);
    expect(emulator.misuse).toEqual([]);
  });

  it('finds a code at any moment, also around the checks of the trigger', async () => {
    for (let shownAfterMs = 0; shownAfterMs < 2_400; shownAfterMs += 40) {
      for (const hasNoTail of [false, true]) {
        const { scanner, time, codeOf, emulator, clock } = await setUp({ hasNoTail, readLimitMs: 1_100 });
        const scan = scanner.scan(20_000, NEVER_CANCELLED);
        clock.setTimeout(() => emulator.show(CODE), shownAfterMs);
        expect(codeOf(await time.resolve(scan))).toBe(CODE);
      }
    }
  });

  it('is scanned or cancelled, and never looks on, whenever cancel and decode meet', async () => {
    const kinds = new Set<string>();
    for (let cancelAfterMs = 100; cancelAfterMs <= 700; cancelAfterMs += 7) {
      const { scanner, time, emulator, clock, vault } = await setUp();
      const source = cancelSource();
      emulator.show(CODE);
      clock.setTimeout(() => source.cancel(), cancelAfterMs);
      const { kind } = await time.resolve(scanner.scan(20_000, source.signal));
      kinds.add(kind);
      expect(emulator.scanning).toBe(false);
      expect(vault.count()).toBe(kind === 'scanned' ? 1 : 0);
    }
    expect([...kinds].toSorted()).toEqual(['cancelled', 'scanned']);
  });

  it('does not repeat the trigger when its answer is lost, and stops the scanner', async () => {
    const { scanner, time, emulator, commands, scan, codeOf } = await setUp();
    emulator.show(CODE);
    await scan();
    emulator.hide();
    const before = commands().length;
    emulator.knobs.lostAnswers = 1;
    await expect(time.resolve(scanner.scan(20_000, NEVER_CANCELLED))).rejects.toMatchObject({ kind: 'timeout' });
    expect(commands().slice(before)).toEqual([TRIGGER, STOP]);
    emulator.show(CODE);
    expect(codeOf(await scan())).toBe(CODE);
  });

  it.each<Gm65Knobs['flavour']>(['silent', 'answers'])(
    'repeats a register command that arrived damaged at a scanner of the %s flavour',
    async (flavour) => {
      const { scan, codeOf, emulator, faults } = await setUp({ flavour });
      faults.setPlan([
        { direction: 'toDevice', frames: { from: 1, to: 2 }, fault: { kind: 'flipBit', at: -3, bit: 2 } },
      ]);
      emulator.show(CODE);
      expect(codeOf(await scan())).toBe(CODE);
      expect(faults.faultCount).toBe(2);
    },
  );

  it('repeats a register command whose answer was damaged', async () => {
    const { scan, codeOf, emulator } = await setUp({ wrongCrcs: 2 });
    emulator.show(CODE);
    expect(codeOf(await scan())).toBe(CODE);
  });

  it('says timeout to a mute scanner', async () => {
    const { scan, emulator } = await setUp({ lostAnswers: Number.POSITIVE_INFINITY });
    await expect(scan()).rejects.toMatchObject({ name: 'HalError', kind: 'timeout', device: 'scanner' });
    expect(emulator.scanning).toBe(false);
  });

  it.each([
    ['byte by byte', { kind: 'dribble', gapMs: 3 }],
    ['in random pieces', { kind: 'chunks', bytesMax: 5, gapMaxMs: 40 }],
    ['at 9600 baud', { kind: 'pace', baudRate: 9600 }],
    ['with a NUL before and after', { kind: 'noise', where: 'before', bytes: Uint8Array.of(0) }],
  ] as const)('reads a long code that arrives %s', async (_, fault) => {
    const { scan, codeOf, emulator, faults } = await setUp();
    const code = CODE.repeat(20);
    emulator.show(code);
    faults.setPlan([{ direction: 'toHost', frames: 'all', fault }]);
    expect(codeOf(await scan())).toBe(code);
  });

  it('reads a pay code whatever it is, and nothing that is none', async () => {
    const { scan, codeOf, emulator, vault } = await setUp({ encoding: 'latin1', decodeMs: [60, 60] });
    const printable = fc.string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((c) => String.fromCharCode(c)),
      minLength: 1,
      maxLength: 60,
    });
    const strange = fc.string({
      unit: fc.integer({ min: 0x80, max: 0xff }).map((c) => String.fromCharCode(c)),
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(printable, fc.option(strange), async (code, addition) => {
        emulator.show(addition === null ? code : code + addition);
        const result = await scan();
        expect(codeOf(result)).toBe(addition === null ? code : 'unreadable');
        vault.wipe();
      }),
      { numRuns: 60 },
    );
  });

  it('leaves the code in the vault only', async () => {
    const { scan, emulator } = await setUp();
    emulator.show(CODE);
    const result = await scan();
    expect(JSON.stringify(result)).not.toContain(CODE.slice(0, 8));
  });
});
