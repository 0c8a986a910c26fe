import { fenOfYuan } from '../../firmware/base/fen.ts';
import { isSecretEntry, type Key } from '../../firmware/hal/index.ts';
import { testCard } from '../../hal-mock/cards/test-cards.ts';
import type { HostFault } from '../acquirer/host-state.ts';
import { TEST_TERMINAL } from '../acquirer/terminals.ts';
import { type Act, type ActLane, harmlessText, laneOf, writtenStep, zeros } from './acts.ts';
import type { ScenarioStep } from './format.ts';
import { codeName, scannedText } from './people.ts';
import { PinFingers } from './pin-fingers.ts';
import { StepFailure } from './step-failure.ts';
import { phoneNumberOf, scanShownCode, smsDigits, steerWallet, usePhone } from './wallet-steps.ts';
import type { World } from './world.ts';

/** What a person needs between seeing a prompt and moving a hand; also what a reader needs to be armed. */
export const HUMAN_PAUSE_MS = 300;
/** How long a customer holds a phone to a scanner that does not beep. */
const READ_WITHIN_MS = 3_000;
const PIN_PROMPT_WITHIN_MS = 10_000;
/** The host is asked between the PIN or the card and the signature. */
const SIGNATURE_PROMPT_WITHIN_MS = 60_000;

/** Told of each thing that somebody does, at the moment in which it is done; nothing in it is a secret. */
export type OnAct = (lane: ActLane, act: Act) => void;

/** A step that somebody carries out, which expectations and waits are not. */
export type HandStep = Exclude<ScenarioStep, { expect: unknown } | { wait: unknown }>;

type CashierStep = Extract<ScenarioStep, { cashier: unknown }>['cashier'];
type CustomerStep = Extract<ScenarioStep, { customer: unknown }>['customer'];
type HostStep = Extract<ScenarioStep, { host: unknown }>['host'];
type PrinterStep = Extract<ScenarioStep, { printer: unknown }>['printer'];
type DeviceStep = Extract<ScenarioStep, { device: unknown }>['device'];

/**
 * Everybody's hands in one world. A step becomes one act or, where a cashier presses many keys, several; each is a step
 * that could stand in a file.
 */
export class Hands {
  readonly #world: World;
  readonly #onAct: OnAct;
  readonly #fingers = new PinFingers();

  constructor(world: World, onAct: OnAct = () => undefined) {
    this.#world = world;
    this.#onAct = onAct;
  }

  /** Throws {@link StepFailure} for what cannot be done now. */
  async carryOut(step: HandStep): Promise<void> {
    const world = this.#world;
    if ('cashier' in step) return this.#operate(step.cashier);
    if ('customer' in step) return this.#behave(step.customer);
    if ('phone' in step) await world.time.advance(HUMAN_PAUSE_MS);
    this.#onAct(laneOf(step), writtenStep(step));
    if ('phone' in step) return usePhone(step.phone, world);
    if ('host' in step) return steerHost(step.host, world);
    if ('wallet' in step) return steerWallet(step.wallet, world);
    if ('printer' in step) return handlePrinter(step.printer, world);
    if ('device' in step) return handleDevice(step.device, world);
    if ('network' in step) return step.network === 'out' ? world.cable.pull() : world.cable.plugIn();
    return world.powerCut();
  }

  async #operate(step: CashierStep): Promise<void> {
    const world = this.#world;
    if (step.enter !== undefined) {
      this.#tellCashier({ enter: step.enter });
      for (const digit of String(fenOfYuan(step.enter) ?? 0)) await press(world, digit as Key);
    }
    if (step.choose !== undefined) {
      this.#tellCashier({ choose: step.choose });
      await this.#choose(String(step.choose));
    }
    if (step.account !== undefined) {
      this.#tellCashier({ account: step.account });
      await typeIn(world, phoneNumberOf(step.account));
    }
    for (const key of [step.press ?? []].flat()) {
      this.#tellKey(key);
      await press(world, key);
    }
    if (step.tear === true) {
      this.#tellCashier({ tear: true });
      world.printer.paper.tear();
    }
  }

  async #choose(wanted: string): Promise<void> {
    const screen = this.#world.screens().at(-1);
    const option = screen?.options.find(({ id }) => id === wanted);
    if (option === undefined) throw new StepFailure(`the screen offers no choice "${wanted}"`);
    await press(this.#world, option.key);
  }

  #tellKey(key: Key): void {
    const isSecret = isSecretEntry(this.#world.screens().at(-1)?.id ?? '') && /^\d+$/.test(key);
    this.#tellCashier({ press: isSecret ? zeros(key) : key });
  }

  #tellCashier(cashier: Act): void {
    this.#onAct('cashier', { cashier });
  }

  #tellCustomer(customer: Act): void {
    this.#onAct('customer', { customer });
  }

  async #behave(step: CustomerStep): Promise<void> {
    const world = this.#world;
    await world.time.advance(HUMAN_PAUSE_MS);
    this.#presentCard(step);
    if (step.scan !== undefined) {
      const text = scannedText(step.scan);
      this.#tellCustomer({ scan: codeName(text) ?? harmlessText(text) });
      await showPhone(text, world);
    }
    if (step.scanShown !== undefined) {
      this.#tellCustomer({ scanShown: step.scanShown });
      scanShownCode(step.scanShown, world);
    }
    if (step.smsCode !== undefined) {
      const { smsCode } = step;
      const isDigits = typeof smsCode === 'string' && /^\d+$/.test(smsCode);
      this.#tellCustomer({ smsCode: isDigits ? zeros(smsCode) : smsCode });
      await typeIn(world, smsDigits(smsCode, world));
    }
    if (step.type !== undefined || step.pin !== undefined || step.press !== undefined) await this.#usePinPad(step);
    if (step.sign === true || step.refuseToSign === true) await this.#sign(step.sign === true);
    await world.time.advance(0);
  }

  #presentCard(step: CustomerStep): void {
    const { reader } = this.#world;
    for (const how of ['insert', 'tap', 'swipe'] as const) {
      const id = step[how];
      if (id === undefined) continue;
      this.#tellCustomer({ [how]: id });
      const card = testCard(id);
      this.#fingers.hold(card);
      reader[how](card);
    }
    if (step.pull !== true) return;
    this.#tellCustomer({ pull: true });
    reader.pull();
  }

  async #sign(isWilling: boolean): Promise<void> {
    const { time, signaturePad } = this.#world;
    const asked = await time.until(() => signaturePad.capturing, SIGNATURE_PROMPT_WITHIN_MS);
    if (!asked) throw new StepFailure('nobody asks for a signature');
    this.#tellCustomer(isWilling ? { sign: true } : { refuseToSign: true });
    if (isWilling) signaturePad.sign();
    else signaturePad.refuse();
  }

  async #usePinPad(step: CustomerStep): Promise<void> {
    const { time, pinPad } = this.#world;
    const asked = await time.until(() => pinPad.prompting, PIN_PROMPT_WITHIN_MS);
    if (!asked) throw new StepFailure('the PIN pad does not ask for a PIN');
    const fingers = this.#fingers;
    if (step.type !== undefined) {
      const typed = fingers.type(step.type);
      this.#tellCustomer({ type: typed.act });
      pinPad.typeDigits(typed.digits);
    }
    if (step.pin !== undefined) {
      const typed = fingers.pin(step.pin);
      this.#tellCustomer({ pin: typed.act });
      pinPad.typeDigits(typed.digits);
      pinPad.press('confirm');
    }
    if (step.press === undefined) return;
    fingers.press();
    this.#tellCustomer({ press: step.press });
    pinPad.press(step.press);
  }
}

async function press(world: World, key: Key): Promise<void> {
  world.press(key);
  await world.time.advance(0);
}

/** Digits and confirm. */
async function typeIn(world: World, digits: string): Promise<void> {
  for (const digit of digits) await press(world, digit as Key);
  await press(world, 'confirm');
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
