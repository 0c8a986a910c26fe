/** A moment of a trace as a scenario file that brings another terminal to the same point. */
import type { Act, Screen, TraceEvent } from './trace.ts';
import type { Trace } from './trace-file.ts';
import { flowYaml } from './flow-yaml.ts';

/** The player waits so long before a customer's hand moves, see `HUMAN_PAUSE_MS` of the scenario player. */
const HUMAN_PAUSE_MS = 300;
/** And so long it holds a phone to the scanner. */
const SCAN_MS = 300;

/** Where the player lets a terminal come to before anybody touches it, and where a scenario may end. */
const AT_REST: ReadonlySet<string> = new Set(['idle', 'activating', 'signedOff', 'outOfService']);

type ActEvent = Extract<TraceEvent, { kind: 'act' }>;
type Members = Readonly<Record<string, unknown>>;

/** What of the trace goes into the file. */
interface Extent {
  readonly acts: readonly ActEvent[];
  readonly restAtMs: number | undefined;
  readonly isAtRest: boolean;
  readonly firstScreen: { readonly id: string; readonly atMs: number } | undefined;
  readonly screen: Screen | undefined;
  readonly atMs: number;
  /** Digits were typed that nobody may know. */
  readonly hasPrivateKeys: boolean;
}

/** YAML that `fenqi play` takes. `seq` is the last event that shall have happened; all of them unless told. */
export function scenarioOf({ header, events }: Trace, seq: number = events.length - 1): string {
  const extent = extentOf(events.slice(0, seq + 1));
  const { language, title } = header;
  const given: Members = { ...(language === 'zh' ? {} : { language }), ...header.given };
  const lines = [
    `# Made from a trace: ${oneLine(title)}, event ${seq}.`,
    ...(extent.hasPrivateKeys
      ? ['# Digits of an account, a code or a passcode are not in a trace: they stand here as 0.']
      : []),
    `name: ${JSON.stringify(`${oneLine(title)} (${seq})`)}`,
    ...(Object.keys(given).length === 0 ? [] : [`given: ${flowYaml(given)}`]),
    // Waits are exact, which they are under virtual time alone.
    'transports: memory',
    ...(extent.isAtRest ? [] : ['endsAnywhere: true']),
    'steps:',
    ...stepsOf(extent).map((step) => `  - ${flowYaml(step)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

function extentOf(events: readonly TraceEvent[]): Extent {
  const acts: ActEvent[] = [];
  let restAtMs: number | undefined;
  let isAtRest = false;
  let firstScreen: Extent['firstScreen'];
  let screen: Screen | undefined;
  let hasPrivateKeys = false;
  for (const event of events) {
    if (event.kind === 'act') acts.push(event);
    if (event.kind === 'screen') {
      screen = event.screen;
      firstScreen ??= { id: screen.id, atMs: event.atMs };
    }
    if (event.kind === 'key' && event.key === 'private' && isDigitPress(acts.at(-1)?.act)) hasPrivateKeys = true;
    const state = terminalStateAfter(event);
    if (state === undefined) continue;
    isAtRest = AT_REST.has(state);
    if (isAtRest) restAtMs ??= event.atMs;
  }
  const atMs = events.at(-1)?.atMs ?? 0;
  return { acts, restAtMs, isAtRest, firstScreen, screen, atMs, hasPrivateKeys };
}

function terminalStateAfter(event: TraceEvent): string | undefined {
  if (event.kind !== 'step' || event.step.machine !== 'terminal') return undefined;
  if (event.step.kind === 'begins') return event.step.state;
  return event.step.kind === 'moves' ? event.step.to : undefined;
}

function isDigitPress(act: Act | undefined): boolean {
  const { press } = membersOf(act?.['cashier']);
  return typeof press === 'string' && /^\d+$/.test(press);
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}

function stepsOf({ acts, restAtMs, firstScreen, screen, atMs }: Extent): readonly Members[] {
  const steps: Members[] = [];
  const firstAct = acts[0];
  const waits = playerWaitsForRest(acts);
  // Hands that moved before the terminal was ready: the player waits for that unless the first step is an expectation.
  const isEarly = waits && (restAtMs === undefined || (firstAct?.atMs ?? 0) < restAtMs);
  if (isEarly && firstScreen !== undefined) steps.push({ expect: { screen: firstScreen.id } });
  let playedMs = isEarly ? (firstScreen?.atMs ?? 0) : waits ? (restAtMs ?? 0) : 0;
  for (const { act, atMs: actMs } of acts) {
    const pauseMs = pauseBefore(act);
    const waitMs = actMs - pauseMs - playedMs;
    if (waitMs > 0) steps.push({ wait: durationText(waitMs) });
    else if (joined(steps, act)) continue;
    steps.push(act);
    playedMs = Math.max(playedMs + pauseMs, actMs) + timeOf(act);
  }
  if (atMs > playedMs) steps.push({ wait: durationText(atMs - playedMs) });
  steps.push({ expect: screen === undefined ? { terminal: 'terminal' } : { screen: screen.id } });
  return steps;
}

/** Whether the player lets the terminal come to rest before the first step. */
function playerWaitsForRest(acts: readonly ActEvent[]): boolean {
  const first = acts.find(({ act }) => ['cashier', 'customer', 'network', 'power'].some((who) => who in act));
  return first !== undefined && !('power' in first.act);
}

function pauseBefore(act: Act): number {
  return 'customer' in act || 'phone' in act ? HUMAN_PAUSE_MS : 0;
}

function timeOf(act: Act): number {
  return 'scan' in membersOf(act['customer']) ? SCAN_MS : 0;
}

/** Keys that a cashier presses one after the other are one step. */
function joined(steps: Members[], act: Act): boolean {
  const { press, ...others } = membersOf(act['cashier']);
  const before = steps.at(-1)?.['cashier'];
  if (press === undefined || Object.keys(others).length > 0 || before === undefined) return false;
  const { press: pressed, ...rest } = membersOf(before);
  if ('tear' in rest) return false;
  const keys = pressed === undefined ? press : [pressed, press].flat();
  steps[steps.length - 1] = { cashier: { ...rest, press: keys } };
  return true;
}

function durationText(ms: number): string {
  return ms >= 1000 ? `${ms / 1000}s` : `${ms}ms`;
}
