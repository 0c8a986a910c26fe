import { FAULTS } from '../../simulator/swarm/faults.ts';
import { INVARIANTS } from '../../simulator/swarm/invariants.ts';
import { OFFLINE_INVARIANTS } from '../../simulator/swarm/offline-invariants.ts';
import type { Invariant } from '../../simulator/swarm/predicate.ts';
import { REFUND_INVARIANTS } from '../../simulator/swarm/refund-invariants.ts';
import type { SwarmReport } from '../../simulator/swarm/report.ts';
import { SECRET_INVARIANTS } from '../../simulator/swarm/secret-invariants.ts';
import { SETTLEMENT_INVARIANTS } from '../../simulator/swarm/settlement-invariants.ts';
import { readPage, tableOf, withSection } from './page.ts';

/** When each kind of event is judged. */
const MOMENTS: Readonly<Record<Invariant['on'], string>> = {
  record: 'every record that became durable',
  opened: 'every start',
  cardRequest: 'every message to the acquirer',
  walletRequest: 'every message to the wallet',
  smsCodeTyped: 'every code of an SMS',
  screen: 'every screen',
  pinAsked: 'every PIN prompt',
  slip: 'every slip',
  chipAnswered: 'every last word of a chip',
  supervisorKnown: 'every supervisor who was let in',
  rest: 'at rest',
};

/** Those that are no predicate over one event. */
const OF_RUNS: readonly (readonly [id: string, text: string, when: string, where: string])[] = [
  [
    'I21',
    'once faults stop, idle with nothing open within 120 s, and one more sale goes through',
    'every seed',
    'run.ts',
  ],
  ['I23', 'a wall clock that jumps changes no decision', 'one seed in 42, played twice', 'seed-play.ts'],
  ['I25', 'the same seed gives the same trace', 'one seed in 100, played twice', 'seed-play.ts'],
];

/** Those of the list that nothing here can break yet, and why. */
const ABSENT: readonly (readonly [id: string, why: string])[] = [
  ['I8', 'no flag follows an unchecked byte; I7 sees whatever is used of a spoiled answer'],
  ['I19', 'the PIN pad reports no tampering yet; a pad that has lost its keys sells nothing'],
  [
    'I26',
    'the simulator has no versions; power cuts in an update are tried in booted machines, `test/emulator/power-cuts.emulated.ts`',
  ],
];

const PLACES: readonly (readonly [file: string, rows: readonly Invariant[]])[] = [
  ['settlement-invariants.ts', SETTLEMENT_INVARIANTS],
  ['offline-invariants.ts', OFFLINE_INVARIANTS],
  ['refund-invariants.ts', REFUND_INVARIANTS],
  ['secret-invariants.ts', SECRET_INVARIANTS],
];

function placeOf(invariant: Invariant): string {
  return PLACES.find(([, rows]) => rows.includes(invariant))?.[0] ?? 'invariants.ts';
}

const numberOf = (id: string): number => Number(id.slice(1));

function invariantTable(): string {
  const rows = [
    ...INVARIANTS.map((each) => [each.id, each.text, MOMENTS[each.on], `\`simulator/swarm/${placeOf(each)}\``]),
    ...OF_RUNS.map(([id, text, when, where]) => [id, text, when, `\`simulator/swarm/${where}\``]),
    ...ABSENT.map(([id, why]) => [id, `not checked: ${why}`, '–', '–']),
  ];
  const sorted = rows.toSorted(([a = ''], [b = '']) => numberOf(a) - numberOf(b));
  return tableOf(['', 'invariant', 'judged', 'where'], sorted);
}

function faultTable({ seeds, sales, faults, faultHits, commit }: SwarmReport): string {
  // A run that passed the gate has met every fault there was; a dash stands for one that came later.
  const rows = FAULTS.map(({ id, name, group }) => [id, name, group, String(faultHits[id] ?? '–')]);
  const head = ['', 'fault', 'of', `hits in ${seeds} seeds`];
  const about = `${sales} sales, ${faults} faults, commit \`${commit.slice(0, 7)}\`, 0 violations:`;
  return `${about}\n\n${tableOf(head, rows)}`;
}

/** The page with the tables of invariants and faults as the simulator has them, and the counts of the last long run. */
export function withSimulationTables(page: string): string {
  const report = JSON.parse(readPage('docs/simulation.json')) as SwarmReport;
  if (report.violations.length > 0) throw new Error('docs/simulation.json is the report of a run that broke something');
  return withSection(withSection(page, 'invariants', invariantTable()), 'faults', faultTable(report));
}
