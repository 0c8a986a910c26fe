/** How a disk starts by itself: the boots of the other suites leave the machine's firmware and the boot loader out. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Hosts } from '../../apps/emulator/counter.ts';
import { kernelWords } from '../../apps/emulator/machine.ts';
import { imageTool, isUsable } from '../image/image-tools.ts';
import { flashed, Guest } from './guest.ts';
import { testImages } from './images.ts';

const CAN_BOOT =
  imageTool('mmdebstrap', 'mmdebstrap') &&
  imageTool('qemu-system-x86_64', 'qemu-system-x86') &&
  isUsable('OVMF', 'ovmf', 'test -e /usr/share/ovmf/OVMF.fd');

(CAN_BOOT ? describe : describe.skip)('the firmware of a PC', () => {
  it('starts the flashed disk up to the terminal', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fenqi-firmware-'));
    const hosts = await Hosts.open();
    const disk = join(folder, 'disk.img');
    const append = kernelWords('linux-x64');
    await flashed(await testImages(), hosts, { to: disk, config: hosts.configuration('en'), append });
    const guest = await Guest.start({ disk, isFirmware: true });
    try {
      await expect(guest.welcomes()).resolves.toBeUndefined();
    } finally {
      await guest.machine.cutPower();
      await hosts.close();
      rmSync(folder, { recursive: true });
    }
  });
});
