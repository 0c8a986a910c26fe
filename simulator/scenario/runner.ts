import { fenOfYuan } from '../../firmware/base/fen.ts';
import type { Key } from '../../firmware/hal/index.ts';
import { testCard } from '../../hal-mock/cards/test-cards.ts';
import type { HostFault } from '../acquirer/host-state.ts';
import { TEST_TERMINAL } from '../acquirer/terminals.ts';
import { checkAtEnd, isAtRest } from './end-checks.ts';
import { Expecter } from './expectations.ts';
import type { Scenario, ScenarioStep } from './format.ts';
import { scannedText } from './people.ts';
import { StepFailure } from './step-failure.ts';
import { scanShownCode, smsDigits, steerWallet, usePhone, phoneNumberOf } from './wallet-steps.ts';
import type { World } from './world.ts';

/** What a person needs between seeing a prompt and moving a hand; also what a reader needs to be armed. */
const HUMAN_PAUSE_MS = 300;
/** How long a customer holds a phone to a scanner that does not beep. */
const READ_WITHIN_MS = 3_000;
const PIN_PROMPT_WITHIN_MS = 10_000;
/** The host is asked between the PIN or the card and the signature. */
const SIGNATURE_PROMPT_WITHIN_MS = 60_000;
const BOOT_WITHIN_MS = 60_000;

export interface ScenarioResult {
  readonly name: string;
  readonly passed: boolean;
  /** One line for each thing that was not as expected; the run ends at the first step that failed. */
  readonly failures: readonly string[];
  readonly steps: number;
}

type CashierStep = Extract<ScenarioStep, { cashier: unknown }>['cashier'];
type CustomerStep = Extract<ScenarioStep, { customer: unknown }>['customer'];
type HostStep = Extract<ScenarioStep, { host: unknown }>['host'];
type PrinterStep = Extract<ScenarioStep, { printer: unknown }>['printer'];
type DeviceStep = Extract<ScenarioStep, { device: unknown }>['device'];

/** Plays one scenario in a world. It never throws for what the terminal does. */
export async function playScenario(
  scenario: Scenario,
  world: World,
  onStep: (step: ScenarioStep, index: number) => void = () => undefined,
): Promise<ScenarioResult> {
  const expecter = new Expecter(world);
  const failures: string[] = [];
  let steps = 0;
  try {
    if (beginsWithHands(scenario)) await world.time.until(() => isAtRest(world), BOOT_WITHIN_MS);
    for (const [index, step] of scenario.steps.entries()) {
      onStep(step, index);
      await carryOut(step, world, expecter, index);
      steps += 1;
    }
    failures.push(...(await checkAtEnd(world)));
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    failures.push(`step ${steps + 1}: ${error.message}`);
  }
  return { name: scenario.name, passed: failures.length === 0, failures, steps };
}

/** Nobody presses keys on a terminal that is still booting, unless the scenario is about the boot and says so first. */
function beginsWithHands({ steps }: Scenario): boolean {
  const first = steps.find(
    (step) => 'cashier' in step || 'customer' in step || 'expect' in step || 'power' in step || 'network' in step,
  );
  return first !== undefined && !('expect' in first) && !('power' in first);
}

async function carryOut(step: ScenarioStep, world: World, expecter: Expecter, index: number): Promise<void> {
  if ('expect' in step) return expecter.check(step.expect, index);
  if ('wait' in step) return world.time.advance(step.wait);
  expecter.forgetPast();
  if ('cashier' in step) return operate(step.cashier, world);
  if ('customer' in step) return behave(step.customer, world);
  if ('phone' in step) {
    await world.time.advance(HUMAN_PAUSE_MS);
    return usePhone(step.phone, world);
  }
  if ('host' in step) return steerHost(step.host, world);
  if ('wallet' in step) return steerWallet(step.wallet, world);
  if ('printer' in step) return handlePrinter(step.printer, world);
  if ('device' in step) return handleDevice(step.device, world);
  if ('network' in step) return step.network === 'out' ? world.cable.pull() : world.cable.plugIn();
  return world.powerCut();
}

async function press(world: World, key: Key): Promise<void> {
  world.press(key);
  await world.time.advance(0);
}

async function operate(step: CashierStep, world: World): Promise<void> {
  if (step.enter !== undefined) {
    for (const digit of String(fenOfYuan(step.enter) ?? 0)) await press(world, digit as Key);
  }
  if (step.choose !== undefined) {
    const wanted = String(step.choose);
    const option = world
      .screens()
      .at(-1)
      ?.options.find(({ id }) => id === wanted);
    if (option === undefined) throw new StepFailure(`the screen offers no choice "${wanted}"`);
    await press(world, option.key);
  }
  if (step.account !== undefined) await typeIn(world, phoneNumberOf(step.account));
  for (const key of [step.press ?? []].flat()) await press(world, key);
  if (step.tear === true) world.printer.paper.tear();
}

/** Digits and confirm. */
async function typeIn(world: World, digits: string): Promise<void> {
  for (const digit of digits) await press(world, digit as Key);
  await press(world, 'confirm');
}

async function behave(step: CustomerStep, world: World): Promise<void> {
  await world.time.advance(HUMAN_PAUSE_MS);
  if (step.insert !== undefined) world.reader.insert(testCard(step.insert));
  if (step.tap !== undefined) world.reader.tap(testCard(step.tap));
  if (step.swipe !== undefined) world.reader.swipe(testCard(step.swipe));
  if (step.pull === true) world.reader.pull();
  if (step.scan !== undefined) {
    await showPhone(scannedText(step.scan), world);
  }
  if (step.scanShown !== undefined) scanShownCode(step.scanShown, world);
  if (step.smsCode !== undefined) await typeIn(world, smsDigits(step.smsCode, world));
  if (step.type !== undefined || step.pin !== undefined || step.press !== undefined) await usePinPad(step, world);
  if (step.sign === true || step.refuseToSign === true) await useSignaturePad(step, world);
  await world.time.advance(0);
}

/** The phone is taken away again once it was read, of which the screen tells; on a busy machine that takes its time. */
async function showPhone(text: string, world: World): Promise<void> {
  const { time, scanner } = world;
  const before = world.screens().length;
  scanner.show(text);
  if (time.isVirtual) await time.advance(HUMAN_PAUSE_MS);
  else await time.until(() => world.screens().length !== before, READ_WITHIN_MS);
  scanner.hide();
}

async function useSignaturePad(step: CustomerStep, { time, signaturePad }: World): Promise<void> {
  const asked = await time.until(() => signaturePad.capturing, SIGNATURE_PROMPT_WITHIN_MS);
  if (!asked) throw new StepFailure('nobody asks for a signature');
  if (step.sign === true) signaturePad.sign();
  else signaturePad.refuse();
}

async function usePinPad(step: CustomerStep, world: World): Promise<void> {
  const asked = await world.time.until(() => world.pinPad.prompting, PIN_PROMPT_WITHIN_MS);
  if (!asked) throw new StepFailure('the PIN pad does not ask for a PIN');
  world.pinPad.typeDigits(step.type ?? step.pin ?? '');
  if (step.pin !== undefined) world.pinPad.press('confirm');
  if (step.press !== undefined) world.pinPad.press(step.press);
}

function steerHost(step: HostStep, { acquirer }: World): void {
  if (step.down !== undefined) acquirer.faults.down = step.down;
  if (step.clear === true) acquirer.faults.clear();
  if (step.expireKeys === true) acquirer.expireKeys(TEST_TERMINAL.terminalId);
  if (step.nextBatch === true) acquirer.startNextBatch(TEST_TERMINAL.terminalId);
  if (step.fault === undefined) return;
  const only = step.mti === undefined ? {} : { mti: step.mti };
  const fault: HostFault =
    step.fault === 'delayReply' ? { kind: 'delayReply', byMs: step.by ?? 0, ...only } : { kind: step.fault, ...only };
  acquirer.faults.inject(fault, step.times);
}

function handlePrinter(step: PrinterStep, { printer }: World): void {
  if (step.endPaperAfterLines !== undefined) printer.endPaperAfterLines(step.endPaperAfterLines);
  if (step.openCover === true) printer.openCover();
  if (step.closeCover === true) printer.closeCover();
  if (step.loadPaper === true) printer.loadPaper();
  if (step.overheatFor !== undefined) printer.overheat(step.overheatFor);
}

function handleDevice(step: DeviceStep, world: World): void {
  const { reader, pinPad, scanner, printer, signaturePad } = world;
  const plugs = { cardReader: reader, pinPad, scanner, printer, signaturePad };
  if (step.unplug !== undefined) plugs[step.unplug].unplug();
  if (step.replug !== undefined) plugs[step.replug].replug();
  if (step.noise !== undefined) world.noise(step.noise);
  if (step.loseKeys === true) pinPad.loseKeys();
  if (step.loadMasterKey === true) world.loadMasterKey();
}
