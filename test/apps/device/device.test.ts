/** The program of a device over kernel ptys, with byte emulators behind them and simulated hosts on this machine. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { JournalFileStore } from '../../../drivers/journal/file-store.ts';
import { LinuxJournalDisk } from '../../../drivers/linux/journal-disk.ts';
import { runDevice } from '../../../apps/device/command.ts';
import { runDeviceStatus } from '../../../apps/device/status-command.ts';
import { testCard } from '../../../hal-mock/cards/test-cards.ts';
import { openWhole } from '../../../hal-mock/journal-store.ts';
import { ptyAvailable } from '../../../hal-mock/wire/pty-wire.ts';
import { parseTrace } from '../../../visualizer/model/trace-file.ts';
import { Stand } from './stand.ts';

const CARD = testCard('debit');
const describeWithPty = ptyAvailable() || process.env['FENQI_REQUIRE_PTY'] === '1' ? describe : describe.skip;

async function recordsIn(directory: string) {
  const store = new JournalFileStore({ disk: new LinuxJournalDisk(directory) });
  const { records, damage } = await openWhole(store);
  await store.close();
  const types = records.map((text) => (JSON.parse(text) as { readonly type: string }).type);
  return { types, damage };
}

/** Runs a command in this process and collects what it says. */
async function said(command: typeof runDevice, ...args: readonly string[]) {
  const lines: string[] = [];
  const io = { lines: (async function* () {})(), out: (line: string) => void lines.push(line) };
  const code = await command(args, { ...io, err: io.out });
  return { code, text: lines.join('\n') };
}

describeWithPty('the program of a device', () => {
  let stand: Stand;
  beforeEach(async () => {
    stand = await Stand.open();
  });
  afterEach(() => stand.close());

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => stand.clock.setTimeout(() => resolve(undefined), 20));
  }

  it('sells by chip and PIN with keys from its console, says how it is, and ends on SIGTERM', async () => {
    const device = stand.start();
    await device.shows('Welcome');
    await until(() => stand.healthNow()['state'] === 'terminal.idle');
    expect(stand.healthNow()).toMatchObject({
      selfTest: 'passed',
      missing: [],
      host: 'reached',
      healthy: true,
      busy: [],
    });
    expect(await said(runDeviceStatus, '--health', stand.health, '--healthy', '--may-update')).toMatchObject({
      code: 0,
    });
    device.type('6600\r');
    await device.shows('Cancel');
    stand.reader.insert(CARD);
    await until(() => stand.pinPad.prompting);
    await until(() => stand.healthNow()['mayUpdate'] === false);
    expect(await said(runDeviceStatus, '--health', stand.health, '--may-update')).toMatchObject({ code: 3 });
    stand.pinPad.typeDigits(CARD.pin);
    stand.pinPad.press('confirm');
    await device.shows('Approved');
    await device.shows('take your card');
    stand.reader.pull();
    await device.shows('Welcome');
    device.endInput();
    expect(await device.signal('SIGTERM')).toBe(0);
    const { types, damage } = await recordsIn(join(stand.data, 'journal'));
    expect(damage).toBeUndefined();
    expect(types).toEqual(expect.arrayContaining(['cardIntent', 'saleApproved', 'receiptDone']));
    const audit = readFileSync(join(stand.data, 'audit.jsonl'), 'utf8');
    expect(audit).toMatch(/"event":"started"[^]*"healthy":true[^]*"event":"ended"/);
    for (const secret of [CARD.pan, CARD.pin, CARD.pan.slice(0, 12)]) expect(audit).not.toContain(secret);
  }, 120_000);

  it('writes down a sale for the page to open: every machine, frame, message and record, and nothing that anybody could pay with', async () => {
    const file = join(stand.data, 'run.trace.jsonl');
    const device = stand.start({}, '--trace', file);
    await device.shows('Welcome');
    device.type('6600\r');
    await device.shows('Cancel');
    stand.reader.insert(CARD);
    await until(() => stand.pinPad.prompting);
    stand.pinPad.typeDigits(CARD.pin);
    stand.pinPad.press('confirm');
    await device.shows('Approved');
    await device.signal('SIGTERM');
    const text = readFileSync(file, 'utf8');
    const read = parseTrace(text);
    expect(read).toMatchObject({ kind: 'read', trace: { header: { title: 'device', language: 'en' } } });
    const events = read.kind === 'read' ? read.trace.events : [];
    expect(new Set(events.map(({ kind }) => kind))).toEqual(
      new Set(['life', 'step', 'key', 'screen', 'frame', 'message', 'record', 'beep', 'light']),
    );
    expect(events.some((event) => event.kind === 'record' && event.type === 'saleApproved')).toBe(true);
    for (const secret of [CARD.pan, CARD.pin, CARD.pan.slice(0, 12)]) expect(text).not.toContain(secret);
  }, 120_000);

  it('sells without its trace when that cannot be written', async () => {
    const device = stand.start({}, '--trace', join(stand.data, 'nowhere/run.jsonl'));
    await device.shows('cannot be written (ENOENT)');
    await device.shows('Welcome');
    expect(await device.signal('SIGTERM')).toBe(0);
  }, 120_000);

  it('ended in the middle of a sale takes it back at the next start, from an intact journal', async () => {
    const device = stand.start();
    await device.shows('Welcome');
    // The host executes an amount that ends in 98 and does not answer.
    device.type('6698\r');
    await device.shows('Cancel');
    stand.reader.insert(CARD);
    await until(() => stand.pinPad.prompting);
    stand.pinPad.typeDigits(CARD.pin);
    stand.pinPad.press('confirm');
    await until(() => String(stand.healthNow()['busy']).includes('openItem'));
    expect(await device.signal('SIGTERM')).toBe(0);
    const before = await recordsIn(join(stand.data, 'journal'));
    expect(before.damage).toBeUndefined();
    expect(before.types).toContain('cardIntent');
    expect(before.types).not.toContain('reversalIntent');
    stand.reader.pull();
    const again = stand.start();
    await again.shows('Welcome');
    expect(await again.signal('SIGTERM')).toBe(0);
    expect((await recordsIn(join(stand.data, 'journal'))).types).toEqual(
      expect.arrayContaining(['reversalIntent', 'reversalResult']),
    );
  }, 120_000);

  it('says that it has not asked for updates yet, where it shall ask', async () => {
    stand.configure({ updates: { manifest: 'http://127.0.0.1:9/manifest.json' } });
    const device = stand.start();
    await device.shows('Welcome');
    await until(() => stand.healthNow()['state'] === 'terminal.idle');
    expect(stand.healthNow()).toMatchObject({ update: { kind: 'notAsked' } });
    expect(await device.signal('SIGTERM')).toBe(0);
  }, 120_000);

  it('starts without its reader, names it, and stays healthy', async () => {
    stand.wires.cardReader.end.unplug();
    await stand.wires.cardReader.settled();
    const device = stand.start();
    await device.shows('Welcome');
    await until(() => stand.healthNow()['healthy'] === true);
    expect(stand.healthNow()).toMatchObject({ missing: ['cardReader'] });
    expect(device.output).toContain(`cardReader ${stand.wires.cardReader.path}:`);
  }, 120_000);

  it('feeds the watchdog while it runs, says when it is ready and when it ends', async () => {
    const tools = join(stand.folder, 'tools');
    mkdirSync(tools);
    const told = join(stand.folder, 'told');
    writeFileSync(join(tools, 'systemd-notify'), `#!/bin/sh\necho "$@" >> ${told}\n`);
    chmodSync(join(tools, 'systemd-notify'), 0o755);
    const lines = (): string[] => (existsSync(told) ? readFileSync(told, 'utf8').split('\n') : []);
    const device = stand.start({
      PATH: `${tools}:${process.env['PATH']}`,
      NOTIFY_SOCKET: join(stand.folder, 'socket'),
      WATCHDOG_USEC: '200000',
    });
    await until(() => lines().filter((line) => line === 'WATCHDOG=1').length > 2);
    expect(await device.signal('SIGTERM')).toBe(0);
    expect(lines()).toContain('READY=1');
    expect(lines()).toContain('STOPPING=1');
  }, 120_000);

  it.each([
    ['missing', (data: string) => rmSync(data, { recursive: true }), 'The data partition is not mounted.'],
    [
      'a file',
      (data: string) => {
        rmSync(data, { recursive: true });
        writeFileSync(data, '');
      },
      '数据分区未挂载。',
    ],
  ])(
    'makes no journal where the data directory is %s',
    async (_, spoil, text) => {
      spoil(stand.data);
      const device = stand.start();
      await device.shows(text);
      expect(await device.closed).toBe(75);
      expect(existsSync(join(stand.data, 'journal'))).toBe(false);
    },
    60_000,
  );

  it('shows what is wrong with its configuration, and ends so that nobody starts it again', async () => {
    stand.configure({ profile: 'fast' });
    const device = stand.start();
    await device.shows('profile: is one of standard');
    expect(await device.closed).toBe(78);
  }, 60_000);

  it('takes no wallet key that others can read', async () => {
    stand.writeKeys(0o644);
    const device = stand.start();
    await device.shows('alipay-merchant.pem: is open to others: chmod 600 / 他人可读');
    expect(await device.closed).toBe(78);
  }, 60_000);

  it('checks a configuration without a device at hand', async () => {
    const usual = ['--check', '--config', stand.config] as const;
    expect(await said(runDevice, ...usual, '--data', stand.data)).toEqual({
      code: 0,
      text: expect.stringMatching(/cardReader neo2 .*\n[^]*acquirer 127\.0\.0\.1:\d+ plain\n[^]*valid$/),
    });
    rmSync(join(stand.data, 'keys'), { recursive: true });
    expect(await said(runDevice, ...usual, '--data', stand.data)).toMatchObject({ code: 78 });
    expect(await said(runDevice, ...usual)).toMatchObject({ code: 0 });
    stand.configure({ masterKey: '00' });
    expect(await said(runDevice, ...usual)).toMatchObject({
      code: 78,
      text: expect.stringContaining('masterKey: looks like a key'),
    });
    expect(await said(runDeviceStatus, '--health', stand.health)).toMatchObject({ code: 4 });
  });
});
