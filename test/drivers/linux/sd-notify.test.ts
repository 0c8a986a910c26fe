import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ServiceManager, watchdogIntervalMs } from '../../../drivers/linux/sd-notify.ts';

let folder = '';

/** A `systemd-notify` that writes down what it was told. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fenqi-notify-'));
  writeFileSync(join(folder, 'systemd-notify'), `#!/bin/sh\nprintf '%s|' "$@" >> ${folder}/told\n`);
  chmodSync(join(folder, 'systemd-notify'), 0o755);
});

afterEach(() => rmSync(folder, { recursive: true }));

const environment = () => ({ PATH: `${folder}:${process.env['PATH']}`, NOTIFY_SOCKET: join(folder, 'socket') });
const told = (): string => readFileSync(join(folder, 'told'), 'utf8');

describe('the service manager', () => {
  it('is told in order, each a message of its own whatever it says', async () => {
    const manager = new ServiceManager(environment());
    manager.ready();
    manager.status('idle; $(reboot) `x` "\\n"\nWATCHDOG=1');
    await manager.stopping();
    expect(told()).toBe('READY=1|STATUS=idle; $(reboot) `x` "\\n" WATCHDOG=1|STOPPING=1|');
  });

  it('hears no second beat while the first is under way', async () => {
    const manager = new ServiceManager(environment());
    manager.feedWatchdog();
    manager.feedWatchdog();
    expect(manager.isBehind).toBe(true);
    await manager.stopping();
    expect(told()).toBe('WATCHDOG=1|STOPPING=1|');
  });

  it('is nobody where systemd did not start the terminal', async () => {
    const manager = new ServiceManager({});
    manager.ready();
    manager.feedWatchdog();
    await manager.stopping();
    expect(manager.isBehind).toBe(false);
  });

  it.each([
    [{ WATCHDOG_USEC: '12000000' }, 12_000],
    [{ WATCHDOG_USEC: '12000000', WATCHDOG_PID: '7' }, 12_000],
    [{ WATCHDOG_USEC: '12000000', WATCHDOG_PID: '8' }, undefined],
    [{ WATCHDOG_USEC: '0' }, undefined],
    [{ WATCHDOG_USEC: 'soon' }, undefined],
    [{}, undefined],
  ])('wants to be fed as %j says', (given, expected) => {
    expect(watchdogIntervalMs(given, 7)).toBe(expected);
  });
});
