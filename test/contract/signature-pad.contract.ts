import { afterEach, describe, expect, it } from '@jest/globals';
import { cancelSource, NEVER_CANCELLED } from '../../firmware/base/cancel.ts';
import { type SignaturePad, type SignatureResult, sleep, type SlipImage } from '../../firmware/hal/index.ts';
import type { SignaturePadControls } from '../../hal-mock/devices/signature-pad/controls.ts';
import type { TestTime } from '../drivers/serial/bench.ts';

export interface SignaturePadUnderTest {
  readonly pad: SignaturePad;
  readonly controls: SignaturePadControls;
  readonly time: TestTime;
  close(): Promise<void>;
}

const REQUEST = { timeoutMs: 20_000 };

/** 16 × 2 dots: a line on top, a dot below its end. */
const LINE: SlipImage = { widthDots: 16, heightDots: 2, bits: Uint8Array.of(0xff, 0xff, 0x00, 0x01) };
const DOT: SlipImage = { widthDots: 3, heightDots: 1, bits: Uint8Array.of(0x40) };

/** What every {@link SignaturePad} that is there owes. */
export function signaturePadContract(name: string, open: () => Promise<SignaturePadUnderTest>): void {
  describe(`SignaturePad: ${name}`, () => {
    let closeLast: () => Promise<void> = () => Promise.resolve();

    afterEach(() => closeLast());

    async function setUp() {
      const device = await open();
      closeLast = () => device.close();
      const { pad, controls, time } = device;
      /** Asks, lets the hands act once the panel asks, and waits for the end. */
      const captureWith = async (act: () => void): Promise<SignatureResult> => {
        const capture = pad.capture(REQUEST, NEVER_CANCELLED);
        await time.until(() => controls.capturing);
        act();
        return time.resolve(capture);
      };
      return { ...device, captureWith };
    }

    it('is there, and gives what was written, dot by dot', async () => {
      const { pad, controls, captureWith } = await setUp();
      expect(pad.isPresent).toBe(true);
      expect(await captureWith(() => controls.sign(LINE))).toEqual({ kind: 'signed', image: LINE });
    });

    it('gives the signature of an ordinary customer within the limits', async () => {
      const { controls, captureWith } = await setUp();
      const result = await captureWith(() => controls.sign());
      if (result.kind !== 'signed') throw new Error(result.kind);
      const { widthDots, heightDots, bits } = result.image;
      expect(widthDots).toBeLessThanOrEqual(384);
      expect(heightDots).toBeLessThanOrEqual(120);
      expect(bits.length).toBe(Math.ceil(widthDots / 8) * heightDots);
      expect(bits.some((byte) => byte !== 0)).toBe(true);
    });

    it('begins each signature on an empty panel', async () => {
      const { controls, captureWith } = await setUp();
      await captureWith(() => controls.sign(LINE));
      expect(await captureWith(() => controls.sign(DOT))).toEqual({ kind: 'signed', image: DOT });
    });

    it('asks only when it is told to, and takes no strokes from before', async () => {
      const { pad, controls, time } = await setUp();
      expect(controls.capturing).toBe(false);
      controls.sign(LINE);
      expect(await time.resolve(pad.capture({ timeoutMs: 300 }, NEVER_CANCELLED))).toEqual({ kind: 'timedOut' });
      expect(controls.capturing).toBe(false);
    });

    it('says refused when the customer does not want to', async () => {
      const { controls, captureWith } = await setUp();
      expect(await captureWith(() => controls.refuse())).toEqual({ kind: 'refused' });
      expect(controls.capturing).toBe(false);
    });

    it('stops asking when cancelled, and takes nothing any more', async () => {
      const { pad, controls, time } = await setUp();
      const source = cancelSource();
      const capture = pad.capture(REQUEST, source.signal);
      await time.until(() => controls.capturing);
      source.cancel();
      controls.sign(LINE);
      expect(await time.resolve(capture)).toEqual({ kind: 'cancelled' });
      expect(controls.capturing).toBe(false);
    });

    it('does not ask at all when the call is cancelled already', async () => {
      const { pad, controls, time } = await setUp();
      const source = cancelSource();
      source.cancel();
      expect(await time.resolve(pad.capture(REQUEST, source.signal))).toEqual({ kind: 'cancelled' });
      expect(controls.capturing).toBe(false);
    });

    it('rejects with disconnected when it goes, and asks again when it is back', async () => {
      const { pad, controls, time, captureWith } = await setUp();
      const capture = pad.capture(REQUEST, NEVER_CANCELLED);
      await time.until(() => controls.capturing);
      controls.unplug();
      await expect(time.resolve(capture)).rejects.toMatchObject({ kind: 'disconnected', device: 'signaturePad' });
      await expect(time.resolve(pad.capture(REQUEST, NEVER_CANCELLED))).rejects.toMatchObject({ kind: 'disconnected' });
      controls.replug();
      await time.resolve(sleep(time.clock, 1_500));
      expect(await captureWith(() => controls.sign(DOT))).toEqual({ kind: 'signed', image: DOT });
    });

    it('refuses a second call while one is under way', async () => {
      const { pad, controls, time } = await setUp();
      const capture = pad.capture(REQUEST, NEVER_CANCELLED);
      await expect(time.resolve(pad.capture(REQUEST, NEVER_CANCELLED))).rejects.toMatchObject({ kind: 'busy' });
      await time.until(() => controls.capturing);
      controls.sign(DOT);
      expect(await time.resolve(capture)).toEqual({ kind: 'signed', image: DOT });
    });

    it.each<[string, SlipImage]>([
      ['wider than the paper', { widthDots: 385, heightDots: 1, bits: new Uint8Array(49).fill(1) }],
      ['higher than a slip has room for', { widthDots: 8, heightDots: 121, bits: new Uint8Array(121).fill(1) }],
      ['without its last row', { widthDots: 16, heightDots: 2, bits: new Uint8Array(3).fill(1) }],
      ['of no dots', { widthDots: 0, heightDots: 0, bits: new Uint8Array() }],
      ['that is blank', { widthDots: 16, heightDots: 2, bits: new Uint8Array(4) }],
    ])('hands over no image %s', async (_, image) => {
      const { controls, captureWith } = await setUp();
      await expect(captureWith(() => controls.sign(image))).rejects.toMatchObject({
        name: 'HalError',
        kind: 'protocol',
      });
      expect(await captureWith(() => controls.sign(DOT))).toEqual({ kind: 'signed', image: DOT });
    });
  });
}
