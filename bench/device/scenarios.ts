/** Scenario files played on the program of a device, in real time, under a limit of memory or of CPU. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { settingsOf } from '../../apps/world/scenario-world.ts';
import { SystemRandom } from '../../drivers/linux/random.ts';
import { sealSupervisor } from '../../drivers/linux/supervisors.ts';
import { TEST_SUPERVISOR } from '../../hal-mock/supervisors.ts';
import { ROOT } from '../../image/project.ts';
import { parseScenarios, type Scenario } from '../../simulator/scenario/format.ts';
import { playScenario } from '../../simulator/scenario/runner.ts';
import { Cgroup, type Limit } from './cgroup.ts';
import { deviceWorld, TracePipe } from './device-world.ts';
import { Device, type Program } from './program.ts';
import type { Slot } from './slot.ts';
import { Stand } from './stand.ts';

/** File → ends of the names of those that are played; all of a file that holds one. None asks for a date or a power cut. */
const PLAYED: Readonly<Record<string, readonly string[]>> = {
  'chip-online-pin': [''],
  'tap-under-limit': [''],
  'huabei-three-and-twelve': [''],
  'codes-in-one-payment': [': Alipay, pending then paid', ': Alipay, refunded'],
  'unionpay-codes': [': voided'],
  'card-instalments': [': 6 periods, voided'],
  'settlement-balanced': [''],
  'printer-out-of-paper': [''],
  'no-answer-is-reversed': [''],
  'wallet-answer-lost': [''],
};

export function scenariosOfDevice(): Scenario[] {
  return Object.entries(PLAYED).flatMap(([file, ends]) => {
    const all = parseScenarios(readFileSync(join(ROOT, 'scenarios', `${file}.yaml`), 'utf8'));
    const found = all.filter(({ name }) => ends.some((end) => name.endsWith(end)));
    if (found.length !== ends.length) throw new Error(`${file}.yaml does not have ${ends.join(' and ')}`);
    return found;
  });
}

/** The settings of a scenario as far as `terminal.yaml` can say them and a scenario changes them. */
async function membersOf(scenario: Scenario): Promise<Readonly<Record<string, unknown>>> {
  const { language, noPinLimitFen, acquirer, wallet, timing } = settingsOf(scenario);
  const { pollEveryMs, decideWithinMs, replyDeadlineMs } = wallet;
  const { number, name, passcode } = TEST_SUPERVISOR;
  const supervisors = [await sealSupervisor({ number, name }, passcode, new SystemRandom())];
  const members = { language, noPinLimitFen, acquirer, timing, supervisors };
  return { ...members, wallet: { pollEveryMs, decideWithinMs, replyDeadlineMs } };
}

/** What stands on the screen of a terminal that waits for a sale. */
export const READY = { zh: '欢迎使用', en: 'Welcome' } as const;

export interface Played {
  readonly name: string;
  readonly failures: readonly string[];
  readonly peakMemoryBytes: number | undefined;
}

/** Plays one scenario on a device whose journal is empty. */
async function play(scenario: Scenario, program: Program, limit: Limit): Promise<Played> {
  const stand = await Stand.open('real');
  const trace = new TracePipe(stand.folder);
  const cgroup = Cgroup.open(limit);
  stand.configure(await membersOf(scenario));
  const device = await Device.start(program, { args: [...stand.args, '--trace', trace.path], cgroup });
  try {
    const world = deviceWorld(stand, device, trace);
    await device.shows(READY[settingsOf(scenario).language]);
    const { name, failures } = await playScenario(scenario, world);
    if (failures.length > 0) process.stderr.write(`${device.lastText}\n`);
    return { name, failures, peakMemoryBytes: 'memoryBytes' in limit ? cgroup.peakBytes() : undefined };
  } finally {
    await device.end('SIGKILL');
    trace.close();
    await cgroup.close();
    await stand.close();
  }
}

/** Plays all of them, one after the other. */
export async function playUnder(slot: Slot, limit: Limit): Promise<Played[]> {
  const played: Played[] = [];
  for (const scenario of scenariosOfDevice()) {
    const one = await slot.mounted((program) => play(scenario, program, limit));
    played.push(one);
    for (const failure of one.failures) process.stderr.write(`${one.name}: ${failure}\n`);
  }
  return played;
}
