import { afterEach, describe, expect, it } from '@jest/globals';
import { latin1Of } from '../../firmware/base/bytes.ts';
import { cancelSource, NEVER_CANCELLED } from '../../firmware/base/cancel.ts';
import { type CardVault, type CodeScanner, type Scan, sleep } from '../../firmware/hal/index.ts';
import type { ScannerControls } from '../../hal-mock/devices/scanner/controls.ts';
import type { TestTime } from '../drivers/serial/bench.ts';

const CODE = '28763443825664394';

export interface ScannerUnderTest {
  readonly scanner: CodeScanner;
  readonly vault: CardVault;
  readonly controls: ScannerControls & { readonly scanning: boolean };
  readonly time: TestTime;
  close(): Promise<void>;
}

/** What every {@link CodeScanner} owes. */
export function codeScannerContract(name: string, open: () => Promise<ScannerUnderTest>): void {
  describe(`CodeScanner: ${name}`, () => {
    let closeLast: () => Promise<void> = () => Promise.resolve();

    afterEach(() => closeLast());

    async function setUp() {
      const device = await open();
      closeLast = () => device.close();
      const { scanner, vault, controls, time } = device;
      /** Asks, shows the code once the scanner looks, and waits for the end. */
      const scanOf = async (code: string): Promise<Scan> => {
        const scan = scanner.scan(20_000, NEVER_CANCELLED);
        await time.until(() => controls.scanning);
        controls.show(code);
        const result = await time.resolve(scan);
        controls.hide();
        return result;
      };
      const codeOf = (scan: Scan): string =>
        scan.kind === 'scanned' ? latin1Of(vault.reveal(scan.codeRef)) : scan.kind;
      return { ...device, scanOf, codeOf };
    }

    it('gives the code without its tail, and its length', async () => {
      const { scanOf, codeOf } = await setUp();
      const scan = await scanOf(CODE);
      expect(scan).toMatchObject({ kind: 'scanned', length: 17, codeRef: { kind: 'payCode' } });
      expect(codeOf(scan)).toBe(CODE);
    });

    it('gives one code for each call', async () => {
      const { scanOf, codeOf } = await setUp();
      const codes = [codeOf(await scanOf('first')), codeOf(await scanOf('second')), codeOf(await scanOf('second'))];
      expect(codes).toEqual(['first', 'second', 'second']);
    });

    it('sees a code that is held in front of it already', async () => {
      const { scanner, controls, time, codeOf } = await setUp();
      controls.show(CODE);
      expect(codeOf(await time.resolve(scanner.scan(20_000, NEVER_CANCELLED)))).toBe(CODE);
    });

    it('does not look unless it is asked', async () => {
      const { scanner, controls, time, vault, scanOf, codeOf } = await setUp();
      await scanOf('configures the scanner');
      vault.wipe();
      controls.show('left on the window');
      await time.resolve(sleep(time.clock, 300));
      expect(controls.scanning).toBe(false);
      controls.hide();
      const scan = scanner.scan(20_000, NEVER_CANCELLED);
      await time.until(() => controls.scanning);
      controls.show(CODE);
      expect(codeOf(await time.resolve(scan))).toBe(CODE);
    });

    it.each([
      ['a control character', 'abc\x07def'],
      ['a NUL in the middle', '2876\x003443'],
      ['an escape sequence', '\x1b[2J'],
      ['Chinese text', '花呗分期'],
      ['513 characters', '1'.repeat(513)],
    ])('says unreadable to %s and keeps nothing of it', async (_, code) => {
      const { scanOf, vault } = await setUp();
      expect(await scanOf(code)).toEqual({ kind: 'unreadable' });
      expect(vault.count()).toBe(0);
    });

    it('reads 512 characters', async () => {
      const { scanOf, codeOf } = await setUp();
      const code = 'HTTPS://QR.EXAMPLE/'.padEnd(512, '0123456789');
      expect(codeOf(await scanOf(code))).toBe(code);
    });

    it('says timedOut when nothing is shown, and stops looking', async () => {
      const { scanner, controls, time } = await setUp();
      expect(await time.resolve(scanner.scan(300, NEVER_CANCELLED))).toEqual({ kind: 'timedOut' });
      expect(controls.scanning).toBe(false);
    });

    it('stops looking when cancelled, and keeps nothing', async () => {
      const { scanner, controls, time, vault } = await setUp();
      const source = cancelSource();
      const scan = scanner.scan(20_000, source.signal);
      await time.until(() => controls.scanning);
      source.cancel();
      controls.show(CODE);
      expect(await time.resolve(scan)).toEqual({ kind: 'cancelled' });
      expect(controls.scanning).toBe(false);
      expect(vault.count()).toBe(0);
    });

    it('throws away what a cancelled call has read: the next one reads anew', async () => {
      const { scanner, controls, time, scanOf, codeOf } = await setUp();
      const source = cancelSource();
      const scan = scanner.scan(20_000, source.signal);
      await time.until(() => controls.scanning);
      source.cancel();
      controls.show('of the last customer');
      await time.resolve(scan);
      controls.hide();
      expect(codeOf(await scanOf(CODE))).toBe(CODE);
    });

    it('does not look at all when the call is cancelled already', async () => {
      const { scanner, controls, time } = await setUp();
      const source = cancelSource();
      source.cancel();
      expect(await time.resolve(scanner.scan(20_000, source.signal))).toEqual({ kind: 'cancelled' });
      expect(controls.scanning).toBe(false);
    });

    it('rejects with disconnected when it goes, and reads again when it is back', async () => {
      const { scanner, controls, time, scanOf, codeOf } = await setUp();
      const scan = scanner.scan(20_000, NEVER_CANCELLED);
      await time.until(() => controls.scanning);
      controls.unplug();
      await expect(time.resolve(scan)).rejects.toMatchObject({ name: 'HalError', kind: 'disconnected' });
      await expect(time.resolve(scanner.scan(20_000, NEVER_CANCELLED))).rejects.toMatchObject({ kind: 'disconnected' });
      controls.replug();
      await time.resolve(sleep(time.clock, 1_500));
      expect(codeOf(await scanOf(CODE))).toBe(CODE);
    });

    it('refuses a second scan while one is under way', async () => {
      const { scanner, controls, time, codeOf } = await setUp();
      const scan = scanner.scan(20_000, NEVER_CANCELLED);
      await expect(time.resolve(scanner.scan(20_000, NEVER_CANCELLED))).rejects.toMatchObject({ kind: 'busy' });
      await time.until(() => controls.scanning);
      controls.show(CODE);
      expect(codeOf(await time.resolve(scan))).toBe(CODE);
    });
  });
}
