import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runFlash } from '../../apps/cli/flash.ts';
import { readConfigFiles } from '../../apps/flash/config-files.ts';
import { benchFolder } from '../image/image-fixture.ts';
import { appFiles, COMPATIBLE, HAS_FLASH_TOOLS, packed, rootFiles, smallDebian } from '../image/flash/flash-fixture.ts';

const CONFIG = `language: zh
terminalId: "10000001"
devices:
  cardReader: { driver: neo2, port: /dev/pos-reader }
  pinPad: { driver: kmy, port: /dev/pos-pinpad }
  scanner: { driver: gm65, port: /dev/pos-scanner }
  printer: { driver: epson-58, port: /dev/pos-printer }
hosts:
  acquirer:
    address: "pos.acquirer.example:8443"
    tls:
      ca: tls/acquirer.pem
      pins: ["sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]
  wallets:
    alipay: https://openapi.alipay.example/gateway.do
`;
const AUTHORITY = readFileSync(new URL('../fixtures/tls/authority.pem', import.meta.url));

let folder: string;
let images: string[];
beforeAll(async () => {
  folder = benchFolder();
  mkdirSync(join(folder, 'shop/tls'), { recursive: true });
  writeFileSync(join(folder, 'shop/tls/acquirer.pem'), AUTHORITY);
  writeFileSync(join(folder, 'shop/shop-7.yaml'), CONFIG);
  if (!HAS_FLASH_TOOLS) return;
  const root = await packed(folder, 'root.squashfs', rootFiles(COMPATIBLE));
  images = ['--root-image', root, '--image', await packed(folder, 'app.squashfs', appFiles())];
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs it as if somebody sat there and typed that line, or as if nobody did. */
async function flash(args: readonly string[], typed?: string) {
  const said: string[] = [];
  const out: string[] = [];
  const code = await runFlash(
    [...args],
    {
      lines: Readable.from(typed === undefined ? [] : [typed]),
      out: (line) => void out.push(line),
      err: (line) => void said.push(line),
    },
    { isTerminal: typed !== undefined, write: (text) => void said.push(text) },
  );
  return { code, said: said.join('\n'), out: out.join('\n') };
}

/** A file that somebody needs. */
function precious(): string {
  const path = join(folder, 'precious.img');
  writeFileSync(path, 'precious');
  return path;
}

describe('a configuration to flash', () => {
  const problems = async (text: string): Promise<string> => {
    const file = join(folder, 'shop/other.yaml');
    writeFileSync(file, text);
    const read = await readConfigFiles(file);
    return read.kind === 'invalid' ? read.problems.join('\n') : 'valid';
  };

  it('brings the files that it names, by their path beside it', async () => {
    const read = await readConfigFiles(join(folder, 'shop/shop-7.yaml'));
    expect(read.kind === 'valid' ? [...read.value.keys()] : read.problems).toEqual([
      'terminal.yaml',
      'tls/acquirer.pem',
    ]);
  });

  it('is refused as the device would refuse it, and when a file would not be where it says', async () => {
    expect(await problems(CONFIG.replace('neo2', 'neo3'))).toMatch(/line 4.*neo2/);
    expect(await problems(CONFIG.replace('tls/acquirer.pem', '/etc/ssl/acquirer.pem'))).toMatch(/must stand beside/);
    expect(await problems(CONFIG.replace('tls/acquirer.pem', '../shop/tls/acquirer.pem'))).toMatch(/must stand beside/);
    expect(await problems(CONFIG.replace('tls/acquirer.pem', 'none.pem'))).toMatch(/cannot be read \(ENOENT\).*读不出/);
    const none = await readConfigFiles(join(folder, 'none.yaml'));
    expect(none).toEqual({
      kind: 'invalid',
      problems: [expect.stringMatching(/none.yaml: cannot be read \(ENOENT\)/)],
    });
  });
});

describe('fenqi flash', () => {
  it.each([
    [[], /--to is missing/],
    [['--to', 'x.img', '--image', 'app.squashfs'], /both --image and --root-image, or none/],
    [['--to', 'x.img', '--target', 'linux-mips'], /--target is linux-x64 or linux-arm64/],
    [['--to', '/dev/sdx', '--root-image', 'r', '--image', 'i', '--size', '2T'], /a size is as 2G or 512M/],
    [['--to', '/dev/sdx', '--root-image', 'r', '--image', 'i', '--root-size', '0M'], /a size is as 2G or 512M/],
    [['--to', '/dev/sdx', '--into', '/', '--image', 'i'], /either --to or --into/],
    [['--into', '/'], /--image is missing/],
    [['--into', '/', '--image', 'i', '--size', '2G', '--append', 'x'], /--size, --append: only with --to/],
  ])('%j makes no sense', async (args, why) => {
    const { code, said } = await flash(args);
    expect([code, said]).toEqual([2, expect.stringMatching(why)]);
  });

  it('stops at a configuration that the device would refuse', async () => {
    const config = join(folder, 'bad.yaml');
    writeFileSync(config, 'language: fr\n');
    const { code, said } = await flash(['--to', precious(), '--root-image', 'r', '--image', 'i', '--config', config]);
    expect([code, said]).toEqual([1, expect.stringMatching(/bad.yaml: .*line 1/)]);
  });
});

(HAS_FLASH_TOOLS ? describe : describe.skip)('fenqi flash, asking', () => {
  it('shows what is there and what will be, and writes nothing when the answer is another', async () => {
    const path = precious();
    const { code, said } = await flash(['--to', path, ...images, '--size', '1G'], 'yes');
    expect([code, readFileSync(path, 'utf8')]).toEqual([1, 'precious']);
    expect(said).toContain(`${path}: a file that is there already`);
    expect(said).toMatch(/Will be written .* fenqi-pos 1\.0\.0, fenqi-bench-debug/);
    expect(said).toMatch(/slotstate +1 MiB/);
    expect(said).toMatch(
      /Everything on .* will be lost .*全部数据将丢失\nType precious\.img to go on .*\n.*nothing was written/,
    );
  });

  it('does not ask nobody', async () => {
    const path = precious();
    const { code, said } = await flash(['--to', path, ...images, '--size', '1G']);
    expect([code, readFileSync(path, 'utf8')]).toEqual([2, 'precious']);
    expect(said).toMatch(/nobody is there to be asked about .*precious\.img: give --yes/);
  });

  it('writes when the name is typed, with one line that counts to a hundred', async () => {
    const path = precious();
    const { code, said, out } = await flash(['--to', path, ...images, '--size', '1G'], ' precious.img ');
    expect([code, statSync(path).size]).toEqual([0, 2 ** 30]);
    expect(said).toMatch(/\r {2}0 % {2}[^]*\r 50 % {2}[^]*\r100 % {2}partition table/);
    expect(out).toBe(`${path}: written and verified / 已写入并校验`);
  });

  it('makes a new file without a question, with a line for each phase', async () => {
    const path = join(folder, 'new.img');
    const config = join(folder, 'shop/shop-7.yaml');
    const { code, said } = await flash(['--to', path, ...images, '--config', config, '--size', '900M']);
    expect([code, statSync(path).size]).toEqual([0, 900 * 2 ** 20]);
    expect(said).toContain('data/config/tls/acquirer.pem');
    expect(said.match(/reading back and comparing/g)).toHaveLength(1);
    expect(said).not.toMatch(/to go on|\r/);
  });

  it('says what is wrong with the target, and makes no file', async () => {
    const path = join(folder, 'small.img');
    const { code, said } = await flash(['--to', path, ...images, '--size', '500M']);
    expect([code, said]).toEqual([1, expect.stringMatching(/fenqi flash: .*too small: it has 500 MiB.*太小/)]);
    expect(existsSync(path)).toBe(false);
  });
});

(HAS_FLASH_TOOLS ? describe : describe.skip)('fenqi flash --into', () => {
  const into = (): string[] => ['--into', join(folder, 'debian'), ...images.slice(2)];
  beforeAll(() => smallDebian(join(folder, 'debian')));

  it('lists what it would write, and asks', async () => {
    const { code, said } = await flash(into(), 'no');
    expect(said).toMatch(/\/usr\/lib\/fenqi\/bootsel +new/);
    expect(said).toMatch(/\/var\/lib\/fenqi\/slots\/ +both slots/);
    expect(said).toMatch(/Type \S+debian to go on[^]*nothing was written/);
    expect([code, existsSync(join(folder, 'debian/var'))]).toEqual([1, false]);
    expect((await flash(into())).code).toBe(2);
  });

  it('names files of others that are in the way', async () => {
    mkdirSync(join(folder, 'debian/etc/rauc'), { recursive: true });
    writeFileSync(join(folder, 'debian/etc/rauc/system.conf'), 'theirs');
    const { code, said } = await flash([...into(), '--yes']);
    expect([code, said]).toEqual([1, expect.stringMatching(/\n {2}\/etc\/rauc\/system\.conf\n.*--overwrite.*备份/)]);
  });
});
