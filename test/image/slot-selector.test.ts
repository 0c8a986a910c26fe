import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ROOT } from '../tidy/source-files.ts';
import { imageTool } from './image-tools.ts';

const SELECTOR = join(ROOT, 'image/rootfs/usr/lib/fenqi/bootsel');
const COPY_BYTES = 512;
const SECOND_COPY_AT = 4096;
const PARTITION_BYTES = 8192;

/** What a slot of the bench holds. */
type Content = 'runs' | 'noRuntime' | 'noFileSystem' | 'notThere';

/** Stands for mount(8) and umount(8): a slot is a folder, mounted as a link. */
const MOUNT = `#!/bin/sh
for last; do :; done
for device; do [ "$device" = "$last" ] || from=$device; done
[ -d "$from" ] || exit 32
rmdir "$last" && ln -s "$from" "$last"
`;
const UMOUNT = '#!/bin/sh\nrm "$1" && mkdir "$1"\n';

class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), 'fenqi-slots-'));
  readonly state = join(this.folder, 'state');
  readonly #shell: readonly string[];

  constructor(shell: readonly string[]) {
    this.#shell = shell;
    mkdirSync(join(this.folder, 'bin'));
    for (const [name, text] of [
      ['mount', MOUNT],
      ['umount', UMOUNT],
    ] as const) {
      writeFileSync(join(this.folder, 'bin', name), text);
      chmodSync(join(this.folder, 'bin', name), 0o755);
    }
    writeFileSync(this.state, Buffer.alloc(PARTITION_BYTES));
    this.fill('A', 'runs');
    this.fill('B', 'runs');
  }

  fill(slot: 'A' | 'B', content: Content): void {
    const folder = join(this.folder, `app_${slot.toLowerCase()}`);
    rmSync(folder, { recursive: true, force: true });
    if (content === 'notThere') return;
    if (content === 'noFileSystem') return writeFileSync(folder, '');
    mkdirSync(join(folder, 'bin'), { recursive: true });
    if (content === 'runs') writeFileSync(join(folder, 'bin/node'), '', { mode: 0o755 });
  }

  run(...args: readonly string[]) {
    const [command = 'sh', ...before] = this.#shell;
    const { status, stdout, stderr } = spawnSync(command, [...before, SELECTOR, ...args], {
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        FENQI_MOUNT: join(this.folder, 'bin/mount'),
        FENQI_UMOUNT: join(this.folder, 'bin/umount'),
        FENQI_SLOT_STATE: this.state,
        FENQI_SLOTS: join(this.folder, 'app_'),
        FENQI_MOUNT_AT: join(this.folder, 'opt'),
        FENQI_RUN: join(this.folder, 'run'),
      },
    });
    return { status, out: stdout.trim(), err: stderr };
  }

  /** A boot: the slot that was mounted, or nothing. What was mounted before is gone. */
  boot(): string | undefined {
    rmSync(join(this.folder, 'opt'), { recursive: true, force: true });
    const { status } = this.run('boot');
    return status === 0 ? readFileSync(join(this.folder, 'run/slot'), 'utf8').trim() : undefined;
  }

  show(): string {
    return this.run('show').out;
  }

  bytes(): Buffer {
    return readFileSync(this.state);
  }
}

const BUSYBOX = imageTool('busybox', 'busybox-static');
const SHELLS: [string, string[]][] = [
  ['sh', ['sh']],
  // It prefers its own dd, tr and cksum to those of the system.
  ...(BUSYBOX ? ([['busybox', ['busybox', 'sh']]] as [string, string[]][]) : []),
];

describe.each(SHELLS)('the slot selector under %s', (_name, shell) => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench(shell);
  });
  afterEach(() => rmSync(bench.folder, { recursive: true }));

  it('has both slots on trial from A on a partition that was never written', () => {
    expect(bench.run('get-primary').out).toBe('A');
    expect(bench.show()).toBe('primary=A A=trying:3 B=trying:3 seq=0');
    expect(bench.boot()).toBe('A');
    expect(bench.show()).toBe('primary=A A=trying:2 B=trying:3 seq=1');
  });

  it('remembers what it is told, in whichever copy is older', () => {
    expect(bench.run('set-state', 'A', 'good').status).toBe(0);
    expect(bench.run('set-state', 'B', 'bad').status).toBe(0);
    expect([bench.run('get-state', 'A').out, bench.run('get-state', 'B').out]).toEqual(['good', 'bad']);
    const before = bench.bytes();
    expect(bench.run('set-primary', 'B').status).toBe(0);
    expect(bench.show()).toBe('primary=B A=good:3 B=trying:3 seq=3');
    const after = bench.bytes();
    expect(after.subarray(SECOND_COPY_AT)).toEqual(before.subarray(SECOND_COPY_AT));
    expect(after.subarray(0, COPY_BYTES)).not.toEqual(before.subarray(0, COPY_BYTES));
    expect(after).toHaveLength(PARTITION_BYTES);
  });

  it('gives a new slot three boots and returns to the old one, which is primary from then on', () => {
    bench.run('set-state', 'A', 'good');
    bench.run('set-primary', 'B');
    expect([bench.boot(), bench.boot(), bench.boot()]).toEqual(['B', 'B', 'B']);
    expect(bench.run('get-state', 'B').out).toBe('good');
    expect(bench.boot()).toBe('A');
    expect(bench.show()).toContain('primary=A A=good:3 B=bad:0');
    expect(bench.boot()).toBe('A');
  });

  it('keeps a slot that was marked good on its last trial', () => {
    bench.run('set-state', 'A', 'good');
    bench.run('set-primary', 'B');
    for (let boots = 0; boots < 3; boots++) bench.boot();
    bench.run('set-state', 'B', 'good');
    expect([bench.boot(), bench.boot()]).toEqual(['B', 'B']);
  });

  it.each<Content>(['noRuntime', 'noFileSystem'])('leaves a slot with %s at once', (content) => {
    bench.run('set-state', 'A', 'good');
    bench.fill('B', content);
    bench.run('set-primary', 'B');
    expect(bench.boot()).toBe('A');
    expect(bench.show()).toContain('primary=A A=good:3 B=bad:0');
  });

  it('fails when neither slot can run, for the maintenance screen, and changes no slot', () => {
    bench.fill('A', 'noFileSystem');
    bench.fill('B', 'noRuntime');
    expect(bench.boot()).toBeUndefined();
    expect(bench.show()).toContain('A=bad:0 B=bad:0');
    expect(existsSync(join(bench.folder, 'app_b/bin'))).toBe(true);
  });

  it('runs the other slot while a partition does not show itself, and holds nothing against it', () => {
    bench.run('set-state', 'A', 'good');
    bench.run('set-state', 'B', 'good');
    bench.fill('A', 'notThere');
    expect(bench.boot()).toBe('B');
    expect(bench.show()).toContain('primary=A A=good:3 B=good:3');
    bench.fill('A', 'runs');
    expect(bench.boot()).toBe('A');
  });

  it.each(['A', 'B'] as const)(
    'moves on when its primary %s is marked bad, as RAUC does before it writes a slot',
    (slot) => {
      const rest = slot === 'A' ? 'B' : 'A';
      bench.run('set-state', 'A', 'good');
      bench.run('set-state', 'B', 'good');
      bench.run('set-primary', slot);
      bench.run('set-state', slot, 'bad');
      expect(bench.run('get-primary').out).toBe(rest);
    },
  );

  it.each([
    [],
    ['set-primary'],
    ['set-primary', 'C'],
    ['get-state', 'a; reboot'],
    ['set-state', 'A', 'maybe'],
    ['format'],
  ])('refuses %j and writes nothing', (...args: string[]) => {
    const before = bench.bytes();
    expect(bench.run(...args)).toMatchObject({ status: 2, out: '' });
    expect(bench.bytes()).toEqual(before);
  });
});

describe('the state of the slots after a power cut', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench(['sh']);
    bench.run('set-state', 'A', 'good');
    bench.run('set-state', 'B', 'good');
  });
  afterEach(() => rmSync(bench.folder, { recursive: true }));

  const OLD = 'primary=A A=good:3 B=good:3 seq=2';
  const NEW = 'primary=B A=good:3 B=trying:3 seq=3';

  it('is the one before or the one after, wherever the write is cut', () => {
    const before = bench.bytes();
    bench.run('set-primary', 'B');
    const after = bench.bytes();
    const changed = [...after.keys()].filter((at) => before[at] !== after[at]);
    expect(Math.max(...changed) - Math.min(...changed)).toBeLessThan(COPY_BYTES);
    for (const cut of changed) {
      const torn = Buffer.concat([after.subarray(0, cut), before.subarray(cut)]);
      writeFileSync(bench.state, torn);
      expect([cut, bench.show()]).toEqual([cut, OLD]);
    }
    writeFileSync(bench.state, after);
    expect(bench.show()).toBe(NEW);
  });

  it('survives that the block under the write becomes anything at all', () => {
    const before = bench.bytes();
    for (const filling of [0x00, 0xff, 0x41, 0x0a]) {
      const torn = Buffer.from(before);
      torn.fill(filling, 0, SECOND_COPY_AT);
      writeFileSync(bench.state, torn);
      expect(bench.show()).toMatch(/^primary=A A=good:3 B=/);
    }
  });

  it('writes over the broken copy next, so that the whole one outlives another cut', () => {
    const broken = bench.bytes();
    broken.fill(0xff, SECOND_COPY_AT, SECOND_COPY_AT + COPY_BYTES);
    writeFileSync(bench.state, broken);
    const standing = bench.show();
    bench.run('set-primary', 'B');
    expect(bench.bytes().subarray(0, COPY_BYTES)).toEqual(broken.subarray(0, COPY_BYTES));
    expect(bench.show()).not.toBe(standing);
  });

  it.each([
    ['noise', Buffer.alloc(PARTITION_BYTES, 0xa5)],
    [
      'a copy whose check sum is of other text',
      Buffer.from('fenqi-slots-1 9 B bad 0 good 3\ncrc 1\n'.padEnd(PARTITION_BYTES)),
    ],
    ['a state of another format', Buffer.alloc(PARTITION_BYTES, 'primary=B\n')],
  ])('puts both slots on trial when there is only %s, and boots', (_what, bytes) => {
    writeFileSync(bench.state, bytes);
    expect(bench.show()).toBe('primary=A A=trying:3 B=trying:3 seq=0');
    expect(bench.boot()).toBe('A');
  });

  it('reaches the other slot in four boots when the state is lost and A crashes', () => {
    writeFileSync(bench.state, Buffer.alloc(PARTITION_BYTES));
    expect([bench.boot(), bench.boot(), bench.boot(), bench.boot()]).toEqual(['A', 'A', 'A', 'B']);
  });

  it('boots without a state partition at all, and says so', () => {
    rmSync(bench.state);
    mkdirSync(bench.state);
    rmSync(join(bench.folder, 'opt'), { recursive: true, force: true });
    const { status, err } = bench.run('boot');
    expect([status, err]).toEqual([0, expect.stringContaining('cannot be written')]);
  });

  it('counts a trial before it mounts', () => {
    bench.run('set-primary', 'B');
    const dying = '#!/bin/sh\nkill -9 $PPID\n';
    const path = join(bench.folder, 'bin/mount');
    writeFileSync(path, dying);
    expect(bench.boot()).toBeUndefined();
    expect(bench.show()).toContain('B=trying:2');
  });
});

describe('the shell of the scripts', () => {
  it.each(['bootsel', 'check-data', 'maintenance'])('%s is read by a plain POSIX shell', (name) => {
    const script = join(ROOT, 'image/rootfs/usr/lib/fenqi', name);
    expect(execFileSync('sh', ['-n', script], { encoding: 'utf8' })).toBe('');
  });
});
