import { jdPerson } from '../wallet/jd/people.ts';
import type { HostMischief, WalletPhone } from '../wallet/wallet-hosts.ts';
import type { ScenarioStep } from './format.ts';
import { phoneOwner } from './people.ts';
import { StepFailure } from './step-failure.ts';
import type { World } from './world.ts';

type PhoneStep = Extract<ScenarioStep, { phone: unknown }>['phone'];
type WalletStep = Extract<ScenarioStep, { wallet: unknown }>['wallet'];
type SmsCode = NonNullable<Extract<ScenarioStep, { customer: unknown }>['customer']['smsCode']>;

function phoneOf(named: string, { wallets }: World): WalletPhone {
  const { host, id } = phoneOwner(named);
  return wallets.phone(host, id);
}

/** Confirms or refuses what the phone asks for. */
export function usePhone({ customer, does }: PhoneStep, world: World): void {
  if (!phoneOf(customer, world)[does]()) throw new StepFailure(`nothing waits on the phone of ${customer}`);
}

/** Points a phone at the code that stands on the screen now. */
export function scanShownCode(customer: string, world: World): void {
  const text = world.screens().at(-1)?.code?.text;
  if (text === undefined) throw new StepFailure('the screen shows no code');
  if (!phoneOf(customer, world).scan(text)) {
    throw new StepFailure(`the phone of ${customer} can not pay the code on the screen`);
  }
}

/** The digits of an SMS code: the newest of somebody, another than that, or what stands there. */
export function smsDigits(code: SmsCode, world: World): string {
  if (typeof code === 'string' && /^\d+$/.test(code)) return code;
  const owner = typeof code === 'string' ? code : code.of;
  const sent = phoneOf(owner, world).smsCode();
  if (sent === undefined) throw new StepFailure(`no SMS has come to the phone of ${owner}`);
  return typeof code === 'string' ? sent : another(sent);
}

/** Six digits that differ in the last one. */
function another(code: string): string {
  return code.slice(0, -1) + ((Number(code.slice(-1)) + 1) % 10).toString();
}

/** The phone number by which somebody's account is known. */
export function phoneNumberOf(named: string): string {
  return jdPerson(phoneOwner(named).id).phone;
}

export function steerWallet(step: WalletStep, { wallets }: World): void {
  const { host = 'alipay', down, clear, fault } = step;
  if (down !== undefined) wallets.setDown(down, host);
  if (clear === true) wallets[host].faults.clear();
  if (fault !== undefined) wallets.inject(host, mischiefOf(step, fault), step.times);
}

function mischiefOf({ call, method, by, executed }: WalletStep, fault: NonNullable<WalletStep['fault']>): HostMischief {
  const only = call ?? method;
  return {
    kind: fault === 'cancelRetry' ? 'again' : fault,
    ...(only === undefined ? {} : { call: only }),
    ...(by === undefined ? {} : { byMs: by }),
    ...(executed === undefined ? {} : { executed }),
  };
}
