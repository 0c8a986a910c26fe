import type { Key } from '../../firmware/hal/index.ts';
import type { SeededRandom } from '../../hal-mock/random.ts';
import { streamOf } from './dice.ts';
import { pick } from './parameters.ts';
import type { SwarmRun } from './run.ts';
import type { Station } from './station.ts';

const KEYS: readonly Key[] = ['0', '1', '5', '9', '00', 'confirm', 'cancel', 'clear', 'function'];
const FLOOD_MAX = 60;
const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
/** Ticks come this often while a shop is busy. */
const TICK_MS = 8_000;

/** What each fault that comes at any moment does to one terminal. */
const MISHAPS: Readonly<Record<string, (station: Station, run: SwarmRun, random: SeededRandom) => void>> = {
  F22: ({ keypad }, _, random) => {
    for (let keys = 1 + random.below(FLOOD_MAX); keys > 0; keys--) keypad.press(pick(random, KEYS));
  },
  F31: (_, run, random) => run.hostsDown(10 * SECOND_MS + random.below(600 * SECOND_MS)),
  F44: (station) => station.pause(),
  F45: (station) => station.jump(),
  F46: ({ terminalId }, { acquirer }) => acquirer.startNextBatch(terminalId),
  F48: (station) => station.die('kill'),
  F49: ({ terminalId }, { acquirer }) => acquirer.expireKeys(terminalId),
};

/** Throws the dice of the faults that ask nobody, at random moments, until the faults are over. */
export function beginMischief(run: SwarmRun, station: Station): void {
  const { clock, dice, parameters } = run;
  const enabled = Object.keys(MISHAPS).filter((id) => dice.isEnabled(id));
  const random = streamOf(parameters.seed, `mischief ${station.number}`);
  // Over days nothing comes more often than a few times between two customers.
  const everyMs = Math.max(TICK_MS, (parameters.days * DAY_MS) / (4 * Math.max(1, parameters.sales)));
  const tick = (): void => {
    if (run.isOver || run.isCalm) return;
    for (const id of enabled) {
      if (station.life !== undefined && dice.strikes(id)) MISHAPS[id]?.(station, run, dice.random(id));
    }
    clock.setTimeout(tick, 1 + random.below(2 * everyMs));
  };
  if (enabled.length > 0) tick();
  if (parameters.days > 0) beginDays(run, station);
}

/** A terminal reboots once a day, as PCI asks of the real ones. */
function beginDays(run: SwarmRun, station: Station): void {
  const reboot = (): void => {
    if (run.isOver || run.isCalm) return;
    station.die('kill');
    run.clock.setTimeout(reboot, DAY_MS);
  };
  run.clock.setTimeout(reboot, DAY_MS / 2);
}
