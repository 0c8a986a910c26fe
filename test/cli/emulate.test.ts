import { describe, expect, it } from '@jest/globals';
import { runEmulate } from '../../apps/emulator/command.ts';
import { WatchedText } from '../../apps/emulator/watched-text.ts';

async function said(...args: readonly string[]) {
  const lines: string[] = [];
  const io = { lines: (async function* () {})(), out: (line: string) => void lines.push(line) };
  const code = await runEmulate(args, { ...io, err: io.out });
  return { code, text: lines.join('\n') };
}

describe('fenqi emulate', () => {
  it('says what it does and which keys there are', async () => {
    const { code, text } = await said('--help');
    expect(code).toBe(0);
    for (const words of ['--sale chip|huabei', 'dist/emulator', 'i insert']) expect(text).toContain(words);
  });

  it.each([
    [['--sale', 'cash'], '--sale is chip or huabei'],
    [['--language', 'fr'], '--language is zh or en'],
    [['--language', 'zh', '--sale', 'chip'], 'leave --language out'],
    [['--ram', '0'], '--ram is a number of MiB'],
    [['--image', 'app.squashfs'], 'give both --image and --root-image'],
  ])('starts nothing with %j', async (args, words) => {
    expect(await said(...args)).toEqual({ code: 2, text: expect.stringContaining(words) });
  });

  it('says that images that were given are none', async () => {
    const images = ['--image', '/nowhere/app.squashfs', '--root-image', '/nowhere/root.squashfs'];
    const { code, text } = await said('--sale', 'chip', ...images);
    expect(code).toBe(1);
    expect(text).toContain('/nowhere/');
  });
});

describe('text that comes in pieces', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

  it('shows each thing once, after what was waited for before, however it is cut', async () => {
    const text = new WatchedText();
    const [first, second] = [text.shows('欢迎'), () => text.shows('欢迎')];
    const all = bytes('…欢迎 x 欢迎');
    for (const byte of all) text.add(Uint8Array.of(byte));
    await first;
    await second();
    await expect(text.shows('欢迎', 10)).rejects.toThrow('did not appear within 0.01 s');
  });

  it('ends the wait of whoever waits when there will be no more', async () => {
    const text = new WatchedText();
    const waiting = text.shows('Welcome');
    text.fail(new Error('the machine is off'));
    await expect(waiting).rejects.toThrow('the machine is off');
    await expect(text.shows('Welcome')).rejects.toThrow('the machine is off');
  });
});
