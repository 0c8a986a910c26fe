/** Updates of a booted device, good and bad, as the shop and root see them. The steps follow each other on one machine. */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { Hosts } from '../../apps/emulator/counter.ts';
import { SALES } from '../../apps/emulator/sales.ts';
import { makeManifest } from '../../image/make-manifest.ts';
import { imageTool } from '../image/image-tools.ts';
import { flashed, Guest, PATIENT_MS } from './guest.ts';
import { testImages } from './images.ts';
import { BAD, GOOD, makeDrive, type Releases, testReleases } from './releases.ts';
import { hearAgain, sellWithoutAnswer } from './unanswered-sale.ts';
import { UpdateServer } from './update-server.ts';

const HAS_ALL =
  imageTool('qemu-system-x86_64', 'qemu-system-x86') &&
  imageTool('rauc', 'rauc') &&
  imageTool('mmdebstrap', 'mmdebstrap');
const MINUTE_MS = 60_000;
/** Three boots and three crashes in each of two of them; on a quiet machine. */
const BACK_WITHIN_S = 120;
/** Of the old version after a bad one: boots that it may take as long as. */
const BACK_WITHIN_BOOTS = 5.5;
const REPLY_DEADLINE_MS = 8000;
const INSTALL = '/data/pos/update/install.raucb';

(HAS_ALL ? describe : describe.skip)('a device is updated', () => {
  let folder: string;
  let hosts: Hosts;
  let server: UpdateServer;
  let releases: Releases;
  let guest: Guest;
  let bootS: number;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fenqi-updates-test-'));
    const images = await testImages();
    releases = await testReleases(images);
    hosts = await Hosts.open();
    server = await UpdateServer.serve(join(folder, 'channel'));
    await publish(images.keys);
    const config = hosts.configuration('en');
    const more = stringify({
      updates: { manifest: `${server.url}/manifest.json`, ca: 'updates.pem' },
      // Answers are lost here on purpose, and each is waited for.
      acquirer: { replyDeadlineMs: REPLY_DEADLINE_MS },
    });
    const terminal = new TextDecoder().decode(config.get('terminal.yaml'));
    config.set('terminal.yaml', new TextEncoder().encode(terminal + more));
    config.set('updates.pem', server.certificate);
    const disk = join(folder, 'disk.img');
    await flashed(images, hosts, { to: disk, config });
    const drive = await makeDrive([releases.bad, releases.refused], join(folder, 'releases.squashfs'));
    const startedMs = performance.now();
    guest = await Guest.start({ disk, more: drive });
    await guest.welcomes();
    await guest.shell.ready();
    bootS = (performance.now() - startedMs) / 1000;
  }, 15 * MINUTE_MS);
  afterAll(async () => {
    await guest.machine.cutPower();
    await Promise.all([hosts.close(), server.close()]);
    rmSync(folder, { recursive: true });
  });

  async function publish({ key, cert }: { readonly key: string; readonly cert: string }): Promise<void> {
    const channel = join(folder, 'channel');
    mkdirSync(channel);
    const bundle = join(channel, `${GOOD}.raucb`);
    cpSync(releases.good, bundle);
    const day = (offset: number): string =>
      new Date(Date.now() + offset * 24 * 60 * MINUTE_MS).toISOString().replace(/\.\d+Z/, 'Z');
    const time = { notBefore: day(-1), expires: day(30) };
    await makeManifest({
      bundle,
      deltas: [],
      key,
      cert,
      url: server.url,
      ...time,
      out: join(channel, 'manifest.json'),
    });
  }
  const takenFen = (): number => hosts.acquirer.netFen('debit');

  it('gets it from its channel', async () => {
    expect(await guest.slots()).toBe('primary=A A=good:3 B=good:3');
    await guest.shell.said('systemctl kill --kill-whom=main -s USR2 fenqi.service');
    await guest.shell.until(`test -e ${INSTALL}`);
    expect(server.asked).toEqual(['/manifest.json', `/${GOOD}.raucb`]);
  });

  it('which waits while a reversal is open', async () => {
    await sellWithoutAnswer(guest.till, hosts);
    await guest.shell.said('systemctl start fenqi-update.service');
    const { kind, reasons } = await guest.result();
    expect(kind).toBe('wait');
    expect((reasons as { reason: string }[]).map(({ reason }) => reason)).toContain('openReversal');
    expect(await guest.slots()).toBe('primary=A A=good:3 B=good:3');
    hearAgain(hosts);
    await guest.machine.console.shows('Welcome', PATIENT_MS);
    expect(takenFen()).toBe(0);
  });

  it('is installed then; the restart waits for a sale that has begun meanwhile', async () => {
    await guest.shell.until(`grep -q '"mayUpdate": true' /run/pos/health.json`);
    await guest.shell.said('systemctl start --no-block fenqi-update.service');
    await guest.shell.until('test -e /data/fenqi/staged.raucb');
    await sellWithoutAnswer(guest.till, hosts);
    await guest.shell.until('test -e /data/fenqi/restart-owed');
    expect(await guest.result()).toMatchObject({ kind: 'installed', version: GOOD });
    expect(await guest.slots()).toBe('primary=B A=good:3 B=trying:3');
    await guest.shell.said('systemctl start fenqi-update.service');
    await guest.shell.said('test -e /data/fenqi/restart-owed');
  });

  it('and when somebody switches off and on, the new version ends what the old one has left open', async () => {
    expect(takenFen()).toBe(6600);
    guest.shell.send('echo b >/proc/sysrq-trigger');
    await guest.shell.ready();
    await guest.shell.until(`grep -q openReversal /run/pos/health.json`);
    expect(await guest.health()).toMatchObject({ version: GOOD, slot: 'B' });
    hearAgain(hosts);
    await guest.machine.console.shows('Welcome', PATIENT_MS);
    expect(takenFen()).toBe(0);
  });

  it('proves itself: the slot is good and the floor rises', async () => {
    await guest.shell.until('systemctl is-active -q fenqi-good.service');
    expect(await guest.slots()).toBe('primary=B A=good:3 B=good:3');
    expect(await guest.shell.said('cat /data/fenqi/floor')).toBe(GOOD);
  });

  describe('but not by a bundle', () => {
    it.each([
      ['rogue', 'signed below another root', 'unable to get local issuer certificate', 'good:3'],
      ['other-board', 'for another board', 'wrongBoard', 'good:3'],
      ['older', 'older than what runs', 'notNewer', 'good:3'],
      // RAUC gives up the slot that it writes to, and only that one.
      ['tampered', 'changed after it was signed', 'Input/output error', 'bad:0'],
    ])('%s: %s', async (name, _, reason, other) => {
      await guest.shell.said(
        'mkdir -p /run/releases; mountpoint -q /run/releases || mount -o ro /dev/vdb /run/releases',
      );
      await guest.shell.said(`cp /run/releases/refused/${name}.raucb ${INSTALL}`);
      await guest.shell.run('systemctl start fenqi-update.service');
      expect(JSON.stringify(await guest.result())).toContain(reason);
      expect(await guest.slots()).toBe(`primary=B A=${other} B=good:3`);
      expect((await guest.shell.run(`test -e ${INSTALL}`)).code).toBe(1);
    });

    it('and it sells on', async () => {
      const slip = await SALES.chip(guest.till);
      expect(slip.join('\n')).toContain('66.00');
      expect(takenFen()).toBe(6600);
    });
  });

  describe('by a release that is bad', () => {
    let restartedMs: number;
    let soldMs: number;

    it('which crashes at once, is started again, and in its third start of the machine even sells', async () => {
      await guest.shell.until(`grep -q '"mayUpdate": true' /run/pos/health.json`);
      await guest.shell.said(`cp /run/releases/${BAD}.raucb ${INSTALL}`);
      guest.shell.send('systemctl start --no-block fenqi-update.service');
      const { log, console: screen } = guest.machine;
      await log.shows('reboot: Restarting system', PATIENT_MS);
      restartedMs = performance.now();
      for (const _ of [1, 2]) await log.shows('reboot: Restarting system', PATIENT_MS);
      await screen.shows('Welcome', PATIENT_MS);
      soldMs = -performance.now();
      await guest.shell.ready();
      expect(await guest.slots()).toBe('primary=A A=trying:0 B=good:3');
      expect(await guest.shell.said('cat /opt/pos/VERSION')).toBe(BAD);
    });

    it('hangs, and is brought back by the watchdog', async () => {
      const blockedMs = performance.now();
      await guest.shell.said('touch /data/pos/block');
      await guest.machine.console.shows('Welcome', PATIENT_MS);
      const seconds = (performance.now() - blockedMs) / 1000;
      expect(seconds).toBeGreaterThan(11);
      expect(await guest.shell.said('journalctl -b -u fenqi.service')).toContain('Watchdog timeout');
      note(`hang to the next customer: ${seconds.toFixed(1)} s`);
    });

    it('is left after its third trial, and the old version ends what it has left open', async () => {
      await sellWithoutAnswer(guest.till, hosts);
      expect(takenFen()).toBe(13_200);
      soldMs += performance.now();
      await guest.shell.said('touch /data/pos/give-up');
      guest.shell.send('systemctl kill -s KILL fenqi.service');
      await guest.machine.log.shows('reboot: Restarting system', PATIENT_MS);
      await guest.shell.ready();
      await guest.shell.until(`grep -q openReversal /run/pos/health.json`);
      const seconds = (performance.now() - restartedMs - soldMs) / 1000;
      note(`bad release: back on the old one after ${seconds.toFixed(1)} s; a boot takes ${bootS.toFixed(1)} s`);
      expect(seconds).toBeLessThan(Math.max(BACK_WITHIN_S, BACK_WITHIN_BOOTS * bootS));
      expect(await guest.health()).toMatchObject({ version: GOOD, slot: 'B' });
      hearAgain(hosts);
      await guest.machine.console.shows('Welcome', PATIENT_MS);
      expect(takenFen()).toBe(6600);
      expect(await guest.slots()).toBe('primary=B A=bad:0 B=good:3');
    });

    it('which the old version says, and it sells', async () => {
      await guest.shell.until(`grep -q rolledBack /run/pos/health.json`);
      await SALES.chip(guest.till);
      expect(takenFen()).toBe(13_200);
    });
  });
});

/** A figure for whoever reads the run. */
function note(line: string): void {
  process.stderr.write(`${line}\n`);
}
