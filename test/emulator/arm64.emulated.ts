/** arm64 on a machine that is x64: its runtime and program alone, and a whole device of it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Hosts } from '../../apps/emulator/counter.ts';
import { SALES } from '../../apps/emulator/sales.ts';
import { runTool } from '../../image/tools.ts';
import { imageTool } from '../image/image-tools.ts';
import { flashed, Guest } from './guest.ts';
import { type TestImages, testImages } from './images.ts';

const TARGET = 'linux-arm64';
/** Libraries that the runtime links to, in the root. */
const LIBRARIES = ['lib', 'usr/lib/ld-linux-aarch64.so.1', 'usr/lib/aarch64-linux-gnu'];
const CAN_BUILD =
  imageTool('mmdebstrap', 'mmdebstrap') && imageTool('aarch64-linux-gnu-strip', 'binutils-aarch64-linux-gnu');
const CAN_RUN = CAN_BUILD && imageTool('qemu-aarch64-static', 'qemu-user-static');
const CAN_BOOT = CAN_BUILD && imageTool('qemu-system-aarch64', 'qemu-system-arm');

let images: TestImages;
beforeAll(async () => {
  if (CAN_BUILD) images = await testImages(TARGET);
});

(CAN_RUN ? describe : describe.skip)('programs of arm64, run one by one', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fenqi-arm64-'));
    await runTool('unsquashfs', ['-q', '-n', '-d', join(folder, 'slot'), images.image]);
    await runTool('unsquashfs', ['-q', '-n', '-d', join(folder, 'root'), images.rootImage, ...LIBRARIES]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (...args: readonly string[]): string => {
    const node = ['-L', join(folder, 'root'), join(folder, 'slot/bin/node'), '--jitless'];
    return execFileSync('qemu-aarch64-static', [...node, ...args], { encoding: 'utf8' });
  };

  it('check a configuration', async () => {
    const hosts = await Hosts.open();
    try {
      for (const [name, bytes] of hosts.configuration('en', {}, TARGET)) writeFileSync(join(folder, name), bytes);
    } finally {
      await hosts.close();
    }
    const said = run(join(folder, 'slot/app/pos.mjs'), '--check', '--config', join(folder, 'terminal.yaml'));
    expect(said).toContain('profile standard: valid');
  });

  it('load the add-on of the serial ports', () => {
    const addon = JSON.stringify(join(folder, 'slot/app/serialport.node'));
    const load = `const m = { exports: {} }; process.dlopen(m, ${addon}); console.log(process.arch, typeof m.exports.open)`;
    expect(run('-e', load)).toBe('arm64 function\n');
  });
});

(CAN_BOOT ? describe : describe.skip)('a device with a Cortex-A53', () => {
  it('boots the flashed disk and sells, its printer on USB and the other devices on lines of a card', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fenqi-arm64-'));
    const hosts = await Hosts.open();
    const disk = join(folder, 'disk.img');
    await flashed(images, hosts, { to: disk, config: hosts.configuration('en', {}, TARGET) });
    const guest = await Guest.start({ disk, target: TARGET });
    try {
      await guest.welcomes();
      expect((await SALES.chip(guest.till)).join('\n')).toContain('66.00');
      expect((await SALES.huabei(guest.till)).join('\n')).toContain('1,254.00');
    } finally {
      await guest.machine.cutPower();
      await hosts.close();
      rmSync(folder, { recursive: true });
    }
  });
});
