/** How a disk starts by itself: the boots of the other suites leave the machine's firmware and the boot loader out. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { imageTool, isUsable } from '../image/image-tools.ts';
import { CounterMachine } from './counter-machine.ts';
import { type TestImages, testImages } from './images.ts';

const CAN_BOOT =
  imageTool('mmdebstrap', 'mmdebstrap') &&
  imageTool('qemu-system-x86_64', 'qemu-system-x86') &&
  isUsable('OVMF', 'ovmf', 'test -e /usr/share/ovmf/OVMF.fd');

let images: TestImages;
beforeAll(async () => {
  if (CAN_BOOT) images = await testImages();
});

(CAN_BOOT ? describe : describe.skip)('the firmware of a PC', () => {
  it('starts the flashed disk up to the terminal', async () => {
    const counter = await CounterMachine.start(images, { isFirmware: true });
    try {
      await expect(counter.welcomes()).resolves.toBeUndefined();
    } finally {
      await counter.end();
    }
  });
});
