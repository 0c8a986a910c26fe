/** Names under which faults are counted: where they strike, and how. */
import { HOST_FAULTS, PLUGGABLES, WALLET_FAULTS } from '../../simulator/scenario/format.ts';
import { FAULTS, type FaultSwitch } from '../../simulator/swarm/faults.ts';
import type { FaultCatalogue } from '../../visualizer/model/coverage-report.ts';
import type { Act } from '../../visualizer/model/trace.ts';

/** `cancelRetry` is the older name of `again`. */
const OLDER_NAMES: Readonly<Record<string, string>> = { cancelRetry: 'again' };

/** Lines that bytes which belong to no frame can be on. */
const LINES = PLUGGABLES.filter((device) => device !== 'signaturePad');

const HOST_GROUPS: ReadonlySet<FaultSwitch['group']> = new Set(['host', 'wallet', 'keys']);

/** `F12 paper out at a line` of the printer: the name of a fault of the simulator. */
export function seedFaultName({ group, id, name }: FaultSwitch): string {
  return `${group}/${id} ${name}`;
}

/** Everything that a scenario can do to devices and hosts, and everything that a seed can. */
export const FAULT_CATALOGUE: FaultCatalogue = {
  device: [
    ...PLUGGABLES.map((device) => `${device}/unplug`),
    ...LINES.map((device) => `${device}/noise`),
    'pinPad/loseKeys',
    'printer/endPaperAfterLines',
    'printer/openCover',
    'printer/overheatFor',
    'power/cut',
    ...FAULTS.filter(({ group }) => !HOST_GROUPS.has(group)).map(seedFaultName),
  ],
  host: [
    ...HOST_FAULTS.map((fault) => `acquirer/${fault}`),
    'acquirer/down',
    'acquirer/expireKeys',
    'network/out',
    ...WALLET_FAULTS.filter((fault) => !Object.hasOwn(OLDER_NAMES, fault)).map((fault) => `wallet/${fault}`),
    'wallet/down',
    ...FAULTS.filter(({ group }) => HOST_GROUPS.has(group)).map(seedFaultName),
  ],
};

const KNOWN: ReadonlySet<string> = new Set([...FAULT_CATALOGUE.device, ...FAULT_CATALOGUE.host]);

/** Faults that an act of a scenario brings; none for what ordinary people do. */
export function faultsOfAct(act: Act): readonly string[] {
  const names = Object.entries(act).flatMap(([who, what]) => namesOf(who, what));
  return names.filter((name) => KNOWN.has(name));
}

function namesOf(who: string, what: unknown): readonly string[] {
  if (typeof what === 'string') return [`${who}/${what}`];
  if (typeof what !== 'object' || what === null) return [];
  const place = who === 'host' ? 'acquirer' : who;
  return Object.entries(what).flatMap(([name, value]: [string, unknown]): readonly string[] => {
    if (value === false) return [];
    if (name === 'fault') return [`${place}/${OLDER_NAMES[String(value)] ?? String(value)}`];
    if (who !== 'device') return [`${place}/${name}`];
    return typeof value === 'string' ? [`${value}/${name}`] : [`pinPad/${name}`];
  });
}
