import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bootId } from '../../image/boot-id.ts';
import { installUpdate, raiseFloor, type UpdatePaths } from '../../image/device/updater.ts';
import { benchFolder } from './image-fixture.ts';

const SHA256 = createHash('sha256').update('bundle').digest('hex');

let folder: string;
let paths: UpdatePaths;
let ran: string[];
let offer: Record<string, unknown>;
let failing: string | undefined;
let complaint: string;

const run = async (command: string, args: readonly string[]): Promise<string> => {
  ran.push([command, args[0] ?? ''].join(' '));
  if (ran.at(-1) === failing) throw Object.assign(new Error('exit 1'), { stderr: complaint });
  return JSON.stringify(offer);
};
const busy = (...reasons: readonly string[]): void => writeFileSync(paths.health, JSON.stringify({ busy: reasons }));
const result = (): unknown => JSON.parse(readFileSync(join(paths.system, 'result.json'), 'utf8'));

beforeEach(() => {
  folder = benchFolder();
  const at = (name: string): string => join(folder, name);
  paths = { slot: at('slot'), incoming: at('pos/install.raucb'), system: at('system'), health: at('health.json') };
  for (const name of ['slot', 'pos', 'system']) mkdirSync(at(name));
  const manifest = { version: '1.0.0', compatible: 'fenqi-x-release', floor: '0.9.0' };
  writeFileSync(at('slot/manifest.json'), JSON.stringify(manifest));
  writeFileSync(paths.incoming, 'bundle');
  offer = { version: '1.1.0', compatible: 'fenqi-x-release' };
  ran = [];
  failing = undefined;
  complaint = 'noise\nsignature verification failed\n';
  busy();
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('an update that the terminal has put ready', () => {
  it('is installed from a copy that the terminal cannot change, kept for deltas, and started', async () => {
    expect(await installUpdate(paths, run)).toMatchObject({ kind: 'installed', version: '1.1.0', restarts: true });
    expect(ran).toEqual(['rauc info', 'rauc install', 'systemctl reboot']);
    expect(existsSync(paths.incoming)).toBe(false);
    expect(readFileSync(join(paths.system, 'installed.raucb'), 'utf8')).toBe('bundle');
    expect(result()).toMatchObject({ kind: 'installed', version: '1.1.0', sha256: SHA256, boot: bootId() });
    // The terminal rebuilds the next one from it.
    expect(statSync(join(paths.system, 'installed.raucb')).mode & 0o777).toBe(0o644);
  });

  it('is started later when a sale has begun meanwhile, once, and not after another start', async () => {
    const selling = async (command: string, args: readonly string[]): Promise<string> => {
      if (args[0] === 'install') busy('sale');
      return run(command, args);
    };
    expect(await installUpdate(paths, selling)).toMatchObject({ kind: 'installed', restarts: false });
    expect(await installUpdate(paths, run)).toEqual({ kind: 'wait', reasons: ['sale'] });
    expect(ran).not.toContain('systemctl reboot');
    busy();
    expect(await installUpdate(paths, run)).toEqual({ kind: 'restarts' });
    expect(ran.at(-1)).toBe('systemctl reboot');
    expect(await installUpdate(paths, run)).toEqual({ kind: 'nothing' });
    writeFileSync(join(paths.system, 'restart-owed'), 'an earlier start\n');
    expect(await installUpdate(paths, run)).toEqual({ kind: 'nothing' });
    expect(result()).toMatchObject({ kind: 'installed' });
  });

  it('waits while something goes on, and is not installed', async () => {
    busy('openReversal', 'something new');
    expect(await installUpdate(paths, run)).toEqual({ kind: 'wait', reasons: ['openReversal', 'silent'] });
    expect([ran, existsSync(join(paths.system, 'staged.raucb'))]).toEqual([[], false]);
    expect(existsSync(paths.incoming)).toBe(true);
    expect(result()).toMatchObject({
      reasons: [{ reason: 'openReversal', zh: expect.any(String), en: expect.any(String) }, {}],
    });
  });

  it('waits when the terminal does not say what it does', async () => {
    rmSync(paths.health);
    expect(await installUpdate(paths, run)).toEqual({ kind: 'wait', reasons: ['silent'] });
  });

  it('is refused and removed when it is older or for another board', async () => {
    offer = { version: '0.9.0', compatible: 'fenqi-y-release' };
    expect(await installUpdate(paths, run)).toEqual({ kind: 'refuse', reasons: ['wrongBoard', 'notNewer'] });
    expect(ran).toEqual(['rauc info']);
    expect(existsSync(paths.incoming)).toBe(false);
  });

  it('is refused below the floor, which a version that proved itself has raised', async () => {
    writeFileSync(
      join(paths.slot, 'manifest.json'),
      JSON.stringify({ version: '1.0.0', compatible: 'fenqi-x-release', floor: '1.2.0' }),
    );
    expect([raiseFloor(paths), raiseFloor(paths)]).toEqual(['1.2.0', '1.2.0']);
    expect(await installUpdate(paths, run)).toEqual({ kind: 'refuse', reasons: ['belowFloor'] });
  });

  it.each(['rauc info', 'rauc install'])('is removed when %s fails, with the reason', async (step) => {
    failing = step;
    expect(await installUpdate(paths, run)).toEqual({ kind: 'failed', reason: 'signature verification failed' });
    expect([existsSync(paths.incoming), existsSync(join(paths.system, 'staged.raucb'))]).toEqual([false, false]);
    expect(ran).not.toContain('systemctl reboot');
  });

  it("says RAUC's reason, which is not the last that it says", async () => {
    failing = 'rauc install';
    complaint = 'noise\nLastError: Failed updating slot app.1: Input/output error\nInstalling `staged.raucb` failed\n';
    const reason = 'Failed updating slot app.1: Input/output error';
    expect(await installUpdate(paths, run)).toEqual({ kind: 'failed', reason });
  });

  it('is counted as it fails, whatever it had to wait for in between', async () => {
    failing = 'rauc install';
    const times = async (): Promise<unknown> => {
      writeFileSync(paths.incoming, 'bundle');
      await installUpdate(paths, run);
      return (result() as { readonly failed?: unknown }).failed;
    };
    expect(await times()).toEqual({ sha256: SHA256, times: 1 });
    busy('sale');
    await times();
    busy();
    expect(await times()).toEqual({ sha256: SHA256, times: 2 });
    writeFileSync(paths.incoming, 'another bundle');
    await installUpdate(paths, run);
    expect(result()).toMatchObject({ failed: { times: 1 } });
  });

  it('is not followed when it is a link: root would read what the terminal must not', async () => {
    writeFileSync(join(folder, 'secret'), 'key');
    rmSync(paths.incoming);
    symlinkSync(join(folder, 'secret'), paths.incoming);
    expect(await installUpdate(paths, run)).toMatchObject({ kind: 'failed' });
    expect(ran).toEqual([]);
    expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe('key');
  });

  it('is nothing when there is none', async () => {
    rmSync(paths.incoming);
    expect(await installUpdate(paths, run)).toEqual({ kind: 'nothing' });
  });
});
