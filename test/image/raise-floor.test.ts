import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ROOT } from '../../image/project.ts';

describe('the floor of a device that has proved itself', () => {
  let folder: string;
  let floor: string;
  let called: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fenqi-floor-'));
    [floor, called] = [join(folder, 'floor'), join(folder, 'called')];
    mkdirSync(join(folder, 'slot/bin'), { recursive: true });
    const manifest = { name: 'fenqi-pos', version: '1.2.0', floor: '1.1.0', files: { floor: 'x' } };
    writeFileSync(join(folder, 'slot/manifest.json'), JSON.stringify(manifest, undefined, 2));
    const runtime = join(folder, 'slot/bin/node');
    writeFileSync(runtime, `#!/bin/sh\necho "$@" >${called}\n`);
    chmodSync(runtime, 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const raise = (): void => {
    execFileSync('sh', [join(ROOT, 'image/rootfs/usr/lib/fenqi/raise-floor')], {
      env: { ...process.env, FENQI_FLOOR: floor, FENQI_MOUNT_AT: join(folder, 'slot') },
    });
  };

  it('is what its image asks for, when there was none', () => {
    raise();
    expect(readFileSync(floor, 'utf8')).toBe('1.1.0\n');
    raise();
    expect(existsSync(called)).toBe(false);
  });

  it('is for the updater to read, when the manifest looks otherwise', () => {
    writeFileSync(join(folder, 'slot/manifest.json'), JSON.stringify({ version: '1.2.0', floor: '1.1.0' }));
    raise();
    expect(existsSync(floor)).toBe(false);
    expect(readFileSync(called, 'utf8')).toContain('update.mjs raise-floor');
  });

  it.each(['1.0.0', '1.2.0'])('is compared by the updater, when it was %s', (before) => {
    writeFileSync(floor, `${before}\n`);
    raise();
    expect(readFileSync(floor, 'utf8')).toBe(`${before}\n`);
    expect(readFileSync(called, 'utf8')).toContain('update.mjs raise-floor');
  });
});
