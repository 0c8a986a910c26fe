import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../tidy/source-files.ts';
import { imageTool } from './image-tools.ts';

const UNITS = join(ROOT, 'image/rootfs/usr/lib/systemd/system');
const EXPOSURE_MAX = 1.5;

const unit = (name: string): string => readFileSync(join(UNITS, name), 'utf8');

describe('the units of a device', () => {
  const analyze = imageTool('systemd-analyze', 'systemd') ? it : it.skip;
  analyze(`expose the terminal no more than ${EXPOSURE_MAX} of 10`, () => {
    const report = execFileSync(
      'systemd-analyze',
      ['security', '--offline=true', '--no-pager', join(UNITS, 'fenqi.service')],
      {
        encoding: 'utf8',
      },
    );
    const exposure = Number(/Overall exposure level for fenqi\.service: ([\d.]+)/.exec(report)?.[1]);
    expect(exposure).toBeGreaterThan(0);
    expect(exposure).toBeLessThanOrEqual(EXPOSURE_MAX);
  });

  it('never run the terminal as root, and never leave it unwatched', () => {
    expect(unit('fenqi.service')).toMatch(/^User=pos$/m);
    expect(unit('fenqi.service')).toMatch(/^WatchdogSec=\d+$/m);
    expect(unit('fenqi.service')).toMatch(/^Type=notify$/m);
  });

  it('let V8 compile nothing where written memory may not be executed', () => {
    for (const name of globSync('*.service', { cwd: UNITS })) {
      const text = unit(name);
      if (!/^MemoryDenyWriteExecute=yes$/m.test(text)) continue;
      expect(text).toMatch(/^ExecStart=\/opt\/pos\/bin\/node --jitless /m);
    }
  });

  it('call only programs that the image or Debian has', () => {
    const ours = globSync('**/*.service', { cwd: UNITS }).flatMap((name) =>
      [...unit(name).matchAll(/^ExecStart=(\/usr\/lib\/fenqi\/\S+)/gm)].map(([, path = '']) => path),
    );
    expect(ours.length).toBeGreaterThan(2);
    for (const path of ours) expect(statSync(join(ROOT, 'image/rootfs', path)).mode & 0o111).toBe(0o111);
  });

  it('never make a file system: the journal is on one', () => {
    for (const path of globSync('**/*', { cwd: join(ROOT, 'image/rootfs') })) {
      const file = join(ROOT, 'image/rootfs', path);
      if (statSync(file).isFile()) expect(readFileSync(file, 'utf8')).not.toMatch(/mkfs|mke2fs|makefs/i);
    }
  });
});
