import { describe, expect, it } from '@jest/globals';
import { bytesOfLatin1, concatBytes, hex, hexOf } from '../../../firmware/base/bytes.ts';
import { bytesOfGbk } from '../../../firmware/base/text.ts';
import { dotAt } from '../../../hal-mock/devices/printer/bitmap.ts';
import { PrinterEmulator, type PrinterEmulatorOptions } from '../../../hal-mock/devices/printer/emulator.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';

/** A host that writes raw bytes, without any driver. */
function connect(options: PrinterEmulatorOptions = {}) {
  const clock = new VirtualClock();
  const said: number[] = [];
  let deliver: (bytes: Uint8Array) => void = () => undefined;
  const emulator = new PrinterEmulator(
    {
      onData: (listener) => {
        deliver = listener;
      },
      write: (bytes) => said.push(...bytes),
      unplug: () => undefined,
      replug: () => undefined,
    },
    clock,
    { widthDots: 384, ...options },
  );
  return {
    clock,
    emulator,
    send: (...parts: readonly (string | Uint8Array)[]) =>
      deliver(concatBytes(...parts.map((part) => (typeof part === 'string' ? hex(part) : part)))),
    /** What the host has heard since it last asked. */
    heard: (): string => hexOf(Uint8Array.from(said.splice(0))),
  };
}

const line = (text: string): Uint8Array => bytesOfGbk(`${text}\n`);

/** What a stream of bytes leaves behind. */
const printed = async (...parts: readonly (string | Uint8Array)[]) => {
  const { clock, emulator, send, heard } = connect();
  send(...parts);
  await clock.advance(20_000);
  return { lines: emulator.paper.lines(), bitmap: emulator.paper.bitmap(), misuse: emulator.misuse, heard: heard() };
};

describe('real-time commands', () => {
  it('are answered inside a picture, which still prints whole', async () => {
    const { clock, emulator, send, heard } = connect();
    send('1D 76 30 00 03 00 02 00', '10 04 04 FF FF FF');
    expect(heard()).toBe('12');
    await clock.advance(1_000);
    expect(emulator.paper.bitmap().heightDots).toBe(2);
    expect(hexOf(emulator.paper.bitmap().bits.subarray(0, 3))).toBe('100404');
  });

  it('are answered while the head is offline and its buffer full', () => {
    const { emulator, send, heard } = connect();
    emulator.openCover();
    send(new Uint8Array(5_000).fill(0x41));
    expect(emulator.droppedBytes).toBe(904);
    send('10 04 01 10 04 02');
    expect(heard()).toBe('1A16');
  });

  it.each([
    ['idle', () => undefined, '12121212'],
    ['cover', (e: PrinterEmulator) => e.openCover(), '1A161212'],
    ['paper out', (e: PrinterEmulator) => e.endPaperAfterLines(0), '1A321272'],
    ['paper low', (e: PrinterEmulator) => e.lowPaper(), '1212121E'],
    ['hot', (e: PrinterEmulator) => e.overheat(1_000), '1A525212'],
  ])('status bytes: %s', (_name, act, answer) => {
    const { emulator, send, heard } = connect();
    act(emulator);
    send('10 04 01 10 04 02 10 04 03 10 04 04');
    expect(heard()).toBe(answer);
  });

  it('clear what waits, with an answer, and ids in there are lost', async () => {
    const { clock, emulator, send, heard } = connect();
    emulator.openCover();
    send(line('never'), '1D 28 48 06 00 30 30 30 30 30 31', '10 14 08 01 03 14 01 06 02 08');
    expect(heard()).toBe('372500');
    emulator.closeCover();
    await clock.advance(5_000);
    expect(heard()).toBe('');
    expect(emulator.paper.lines()).toEqual([]);
    expect(emulator.misuse).toEqual([]);
  });

  it('are no part of the text around them', async () => {
    const { clock, emulator, send } = connect();
    send(bytesOfLatin1('a'), '10 04 01', bytesOfLatin1('b'), '10 14 01 00 01', line('c'));
    await clock.advance(1_000);
    expect(emulator.paper.lines()).toEqual(['abc']);
    expect(emulator.drawerPulses).toBe(1);
    expect(emulator.misuse).toEqual([]);
  });
});

describe('commands in their order', () => {
  it('an id comes back only after everything before it is on paper', async () => {
    const { clock, emulator, send, heard } = connect();
    send(line('one'), line('two'), '1D 56 42 00', '1D 28 48 06 00 30 30 30 30 30 31');
    await clock.advance(60);
    expect(emulator.paper.lines()).toEqual(['one']);
    expect(heard()).toBe('');
    await clock.advance(1_000);
    expect(emulator.paper.slips()).toEqual([['one', 'two']]);
    expect(heard()).toBe('37223030303100');
  });

  it('stop with the paper, go on with a new roll, and only then answer', async () => {
    const { clock, emulator, send, heard } = connect();
    emulator.endPaperAfterLines(1);
    send(line('one'), line('two'), '1D 28 48 06 00 30 30 30 30 30 31 1D 72 01');
    await clock.advance(5_000);
    expect(emulator.paper.lines()).toEqual(['one']);
    expect(heard()).toBe('');
    emulator.openCover();
    emulator.loadPaper();
    await clock.advance(5_000);
    expect(emulator.paper.lines()).toEqual(['one']);
    emulator.closeCover();
    await clock.advance(5_000);
    expect(emulator.paper.lines()).toEqual(['one', 'two']);
    expect(heard()).toBe('3722303030310000');
  });

  it('take the time of the mechanism', async () => {
    const { clock, emulator, send } = connect({ speedMmPerSecond: 75 });
    // 20 lines of 30 dots are 75 mm.
    send(new Uint8Array(20).fill(0x0a));
    await clock.advance(990);
    expect(emulator.paper.lines().length).toBeLessThan(20);
    await clock.advance(20);
    expect(emulator.paper.lines()).toHaveLength(20);
  });

  it('are lost with the power', async () => {
    const { clock, emulator, send, heard } = connect();
    send('1D 61 0F', line('one'), line('two'), '1D 28 48 06 00 30 30 30 30 30 31');
    heard();
    emulator.powerCycle();
    await clock.advance(5_000);
    emulator.openCover();
    expect(heard()).toBe('');
    expect(emulator.paper.lines()).toEqual([]);
  });
});

describe('flow control and automatic status', () => {
  it('says XOFF with 128 bytes free and XON with 256', async () => {
    const { clock, emulator, send, heard } = connect({ flowControl: 'xonxoff' });
    send('0A', new Uint8Array(4_096 - 129).fill(0x0a));
    expect(heard()).toBe('');
    send('0A');
    expect(heard()).toBe('13');
    await clock.runUntil(() => emulator.paper.lines().length === 127);
    expect(heard()).toBe('');
    await clock.advance(40);
    expect(heard()).toBe('11');
  });

  it('says XOFF when it goes offline and XON when it is back', () => {
    const { emulator, heard } = connect({ flowControl: 'xonxoff' });
    emulator.openCover();
    expect(heard()).toBe('13');
    emulator.closeCover();
    expect(heard()).toBe('11');
  });

  it('pushes four bytes at each change once it is told to', () => {
    const { emulator, send, heard } = connect();
    send('1D 61 0F');
    expect(heard()).toBe('1000000F');
    emulator.lowPaper();
    emulator.openCover();
    expect(heard()).toBe('1000030F3800030F');
    send('1D 61 00');
  });
});

describe('flavours', () => {
  it('a clone answers status pages 1 and 4 and the barrier, and knows no ids', async () => {
    const { clock, emulator, send, heard } = connect({ flavour: 'cloneN1N4' });
    send('10 04 01 10 04 02 10 04 03 10 04 04');
    expect(heard()).toBe('1212');
    send('1D 28 48 06 00 30 30 30 30 30 31', '1D 72 01');
    await clock.advance(100);
    expect(heard()).toBe('00');
    expect(emulator.misuse).toEqual(['GS ( H is not known to this head']);
  });

  it('a mute head prints and says nothing', async () => {
    const { clock, emulator, send, heard } = connect({ flavour: 'mute' });
    send('10 04 01 1D 72 01', line('静'));
    await clock.advance(1_000);
    expect(heard()).toBe('');
    expect(emulator.paper.lines()).toEqual(['静']);
  });

  it('a jammed knife stays an error until it is freed and told to try again', async () => {
    const { clock, emulator, send, heard } = connect();
    emulator.jamCutter();
    send(line('one'), '1D 56 00', line('two'));
    await clock.advance(2_000);
    send('10 04 03');
    expect(heard()).toBe('1A');
    emulator.freeCutter();
    await clock.advance(2_000);
    expect(emulator.paper.lines()).toEqual(['one']);
    send('10 05 01');
    await clock.advance(2_000);
    expect(emulator.paper.slips()).toEqual([['one'], ['two']]);
  });
});

describe('text on paper', () => {
  it('aligned and large text stands where its dots are', async () => {
    const { lines } = await printed('1B 61 01', line('中文'), '1B 61 02', line('ab'), '1B 61 00 1D 21 11', line('大'));
    expect(lines).toEqual([`${' '.repeat(14)}中文`, `${' '.repeat(30)}ab`, '大']);
  });

  it('a line too long goes on in the next, a Chinese character never in halves', async () => {
    const { lines, misuse } = await printed(line(`a${'国'.repeat(16)}`));
    expect(lines).toEqual([`a${'国'.repeat(15)}`, '国']);
    expect(misuse).toEqual([]);
  });

  it('takes the height of its largest character or the line spacing', async () => {
    expect((await printed(line('a'))).bitmap.heightDots).toBe(30);
    expect((await printed('1B 33 50', line('a'))).bitmap.heightDots).toBe(80);
    expect((await printed('1B 33 50 1B 32', line('a'))).bitmap.heightDots).toBe(30);
    expect((await printed('1D 21 01', line('a'))).bitmap.heightDots).toBe(48);
    expect((await printed('1B 64 03 1B 4A 10')).bitmap.heightDots).toBe(106);
  });

  it('shows bold, underline and inversion', async () => {
    const count = async (command: string): Promise<number> => {
      const { bitmap } = await printed(command, line('中'));
      return bitmap.bits.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
    };
    const plain = await count('1B 40');
    expect(await count('1B 45 01')).toBeGreaterThan(plain);
    expect(await count('1C 2D 02')).toBeGreaterThan(plain + 24);
    expect(await count('1D 42 01')).toBe(24 * 24 - plain);
  });

  it('single-byte mode takes two-byte characters for what they are there', async () => {
    const { lines, misuse } = await printed('1C 2E', bytesOfGbk('中\n'), '1C 26', line('中'));
    expect(lines).toEqual(['??', '中']);
    expect(misuse).toHaveLength(2);
  });
});

describe('pictures on paper', () => {
  it('own characters print their dots', async () => {
    const { bitmap } = await printed('1C 32 FE A1', new Uint8Array(72).fill(0xff), 'FE A1 0A');
    expect(dotAt(bitmap, 0, 0) && dotAt(bitmap, 23, 23)).toBe(true);
    expect(dotAt(bitmap, 24, 0)).toBe(false);
  });

  it('prints stored graphics, and pictures twice as wide and high', async () => {
    const stored = await printed('1D 28 4C 0C 00 30 70 30 02 01 31 08 00 02 00 80 01', '1D 28 4C 02 00 30 32');
    expect(stored.misuse).toEqual([]);
    expect(hexOf(stored.bitmap.bits.subarray(0, 2)) + hexOf(stored.bitmap.bits.subarray(48, 50))).toBe('C0000003');
    const doubled = await printed('1D 76 30 03 01 00 01 00 81');
    expect(doubled.bitmap.heightDots).toBe(2);
    expect(hexOf(doubled.bitmap.bits.subarray(48, 50))).toBe('C003');
  });

  it('prints CODE128 as its standard draws it', async () => {
    // The usual worked example, "PJJ123C" with check value 54 in set A; set B starts one higher, so 55.
    const { bitmap } = await printed('1D 77 01 1D 68 02 1D 6B 49 09 7B 42', bytesOfLatin1('PJJ123C'));
    const bars = Array.from({ length: 112 }, (_, x) => (dotAt(bitmap, x, 0) ? 1 : 0)).join('');
    expect(bars.startsWith('11010010000')).toBe(true);
    expect(bars.slice(88, 99)).toBe('11101000110');
    expect(bars.endsWith('1100011101011')).toBe(true);
  });
});

describe('a strange stream', () => {
  it.each([
    ['unknown command', '1B 7A', 'unknown command ESC 7a'],
    ['control character', '07', 'control character 7'],
    ['half of a character', 'B7 0A', 'half of a two-byte character'],
    ['unknown block', '1D 28 5A 01 00 00', 'unknown command GS ( 5a'],
    ['alignment too late', '41 1B 61 01', 'alignment in a line begun, or unknown'],
  ])('misuse is noted: %s', async (_name, bytes, note) => {
    expect((await printed(bytes)).misuse).toContain(note);
  });

  it('a deselected head waits to be selected', async () => {
    const { lines } = await printed('1B 3D 02', line('unseen'), '1B 3D 01', line('seen'));
    expect(lines).toEqual(['seen']);
  });

  it('says its model', async () => {
    expect((await printed('1D 49 01')).heard).toBe('20');
    expect((await printed('1D 49 43')).heard).toMatch(/^5F.+00$/);
  });
});
