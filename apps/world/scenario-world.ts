import { DEFAULT_SETTINGS, type TerminalSettings } from '../../firmware/settings.ts';
import type { Clock, ScreenModel } from '../../firmware/hal/index.ts';
import type { InstallmentSettings } from '../../firmware/rules/installment/settings.ts';
import { SystemClock } from '../../drivers/linux/clock.ts';
import { SeededRandom } from '../../hal-mock/random.ts';
import { VIRTUAL_EPOCH_MS, VirtualClock } from '../../hal-mock/time.ts';
import { writtenGiven } from '../../simulator/scenario/acts.ts';
import type { Scenario, ScenarioStep } from '../../simulator/scenario/format.ts';
import type { World } from '../../simulator/scenario/world.ts';
import type { Given } from '../../simulator/scenario/given.ts';
import { playScenario, type ScenarioResult } from '../../simulator/scenario/runner.ts';
import { paidBy } from '../fee-payer.ts';
import type { CoverageCollector } from '../coverage/collector.ts';
import { TraceRecorder } from '../trace/recorder.ts';
import type { Transport } from './wires.ts';
import { createWorld } from './world.ts';

const DEFAULT_SEED = 1;

/** Everything goes to the aggregator, and comes from it. */
const ALL_BY_AGGREGATOR = { alipay: 'lakala', wechat: 'lakala', jd: 'lakala', unionpay: 'lakala' } as const;

/** The settings of a scenario: the usual ones but for what it says. */
export function settingsOf({ given = {} }: Scenario): TerminalSettings {
  const { acquirer, wallet, timing, ...rest } = DEFAULT_SETTINGS;
  return {
    ...rest,
    language: given.language ?? rest.language,
    noPinLimitFen: given.noPinLimitFen ?? rest.noPinLimitFen,
    methods: given.methods?.map((id) => ({ id })) ?? rest.methods,
    offerInstallmentsFromFen: given.offerInstallmentsFromFen ?? rest.offerInstallmentsFromFen,
    installments: installmentsOf(given, rest.installments),
    offline: { ...rest.offline, enabled: given.offline === true },
    acquirer: {
      ...acquirer,
      signOnScheme: given.signOnScheme ?? acquirer.signOnScheme,
      encryptTracks: given.encryptTracks ?? (given.signOnScheme ?? acquirer.signOnScheme) === '004',
      replyDeadlineMs: given.replyDeadline ?? acquirer.replyDeadlineMs,
    },
    wallet: {
      ...wallet,
      ...(given.aggregator === true ? { routes: ALL_BY_AGGREGATOR, presents: ALL_BY_AGGREGATOR } : {}),
      replyDeadlineMs: given.replyDeadline ?? wallet.replyDeadlineMs,
      decideWithinMs: given.decideWithin ?? wallet.decideWithinMs,
      pollEveryMs: given.pollEvery ?? wallet.pollEveryMs,
    },
    timing: {
      ...timing,
      signOnRetryMs: given.signOnRetry ?? timing.signOnRetryMs,
      recoveryRetryMs: given.recoveryRetry ?? timing.recoveryRetryMs,
      operatorMs: given.operatorAway ?? timing.operatorMs,
    },
  };
}

/** The usual plans with another payer of their fees, and those of one issuer beside them. */
function installmentsOf({ feePayer, merchantPays, cardPlans }: Given, usual: InstallmentSettings): InstallmentSettings {
  const ofAll = feePayer === undefined ? usual : paidBy(feePayer, usual);
  const paid = merchantPays === undefined ? ofAll : paidBy('merchant', ofAll, merchantPays);
  if (cardPlans === undefined || paid.card === undefined) return paid;
  const { bin, issuer, plans } = cardPlans;
  const own = plans.map((plan) => ({ ...plan, feePayer: feePayer ?? ('customer' as const), bins: [bin], issuer }));
  return { ...paid, card: { ...paid.card, offers: [...paid.card.offers, ...own] } };
}

/** Real time that begins on the same day as virtual time, so that dates in a scenario hold on every day. */
function realClock(): Clock {
  const clock = new SystemClock();
  return skewed(clock, VIRTUAL_EPOCH_MS - clock.wallMs());
}

/** A wall clock that differs from another; what is measured with it is the same. */
function skewed(clock: Clock, byMs: number): Clock {
  return {
    wallMs: () => clock.wallMs() + byMs,
    monotonicMs: () => clock.monotonicMs(),
    setTimeout: (callback, delayMs) => clock.setTimeout(callback, delayMs),
    clearTimeout: (timer) => clock.clearTimeout(timer),
  };
}

export interface PlayedScenario {
  readonly result: ScenarioResult;
  /** The paper that was not torn off, as a picture. */
  paperPng(): Uint8Array;
  /** As it was left: closed, to be looked at. */
  readonly world: World;
}

/** Sees what happens, as it happens. */
export interface ScenarioWatcher {
  step(step: ScenarioStep): void;
  screen(screen: ScreenModel): void;
  slip(lines: readonly string[]): void;
  /** After the last step. */
  flush(): void;
}

export interface PlayOptions {
  readonly watch?: ((clock: Clock) => ScenarioWatcher) | undefined;
  /** Makes the recorder of the run, see {@link scenarioRecorder}. */
  readonly record?: ((clock: Clock) => TraceRecorder) | undefined;
  readonly coverage?: CoverageCollector | undefined;
}

/** A recorder whose trace says how the scenario began. */
export function scenarioRecorder(scenario: Scenario): (clock: Clock) => TraceRecorder {
  const { name, given = {} } = scenario;
  const { language } = settingsOf(scenario);
  return (clock) => new TraceRecorder({ clock, title: name, language, given: writtenGiven(given) });
}

/** Plays one scenario in a world of its own: virtual time in memory, real time and real sockets over ptys. */
export async function playInWorld(
  scenario: Scenario,
  transport: Transport,
  { watch, record, coverage }: PlayOptions = {},
): Promise<PlayedScenario> {
  const { given = {} } = scenario;
  const clock = transport === 'memory' ? new VirtualClock() : realClock();
  const terminalClock = given.clockSkew === undefined ? clock : skewed(clock, given.clockSkew);
  const watcher = watch?.(clock);
  const recorder = record?.(terminalClock);
  const world = await createWorld({
    settings: settingsOf(scenario),
    clock,
    terminalClock,
    random: new SeededRandom(given.seed ?? DEFAULT_SEED),
    transport,
    network: transport === 'memory' ? 'memory' : 'loopback',
    isActivated: given.notActivated !== true,
    hostIsDown: given.hostDown === true,
    hasSignaturePad: given.signaturePad === true,
    ...(recorder === undefined ? {} : { record: recorder }),
    ...(coverage === undefined ? {} : { onLife: (terminal) => coverage.watch(terminal) }),
    ...(watcher === undefined
      ? {}
      : { onScreen: (screen) => watcher.screen(screen), onSlip: (lines) => watcher.slip(lines) }),
  });
  try {
    const result = await playScenario(
      scenario,
      world,
      (step) => watcher?.step(step),
      (lane, act) => {
        recorder?.act(lane, act);
        coverage?.act(act);
      },
    );
    watcher?.flush();
    return {
      result,
      paperPng: () => world.printer.paper.toPng(),
      world,
    };
  } finally {
    await world.close();
  }
}
