/** The console of a machine in a person's hands: the same keys as at the console of `fenqi run`. */
import type { ReadStream } from 'node:tty';
import type { Key } from '../../firmware/hal/index.ts';
import { Operator, type OperatorWorld } from '../console/operator.ts';
import { strokesOf } from '../console/strokes.ts';
import type { CounterDevices, Hosts } from './counter.ts';
import type { Machine } from './machine.ts';

/** What the program on the machine takes for a key, see `apps/console/cashier-keys.ts`. */
const STROKES: Readonly<Partial<Record<Key, string>>> = {
  confirm: '\r',
  cancel: '\u001B',
  clear: '\u007F',
  function: 'f',
};

/** Until the person leaves, the input ends or the machine stops. */
export async function operateBy(
  input: ReadStream | NodeJS.ReadStream,
  machine: Machine,
  devices: CounterDevices,
  { acquirer, wallets }: Hosts,
  say: (line: string) => void,
): Promise<void> {
  const world: OperatorWorld = {
    ...devices,
    acquirer,
    wallets,
    press: (key) => machine.type(STROKES[key] ?? key),
    // The code on the screen is drawn, and there is no panel: what was drawn cannot be read back, and slips are signed.
    screens: () => [],
    signaturePad: { capturing: false, sign: () => false },
  };
  const operator = new Operator(world, say);
  operator.describe();
  const strokes = strokesOf(input);
  const isOff = machine.off.then(() => ({ done: true as const, value: undefined }));
  for (;;) {
    const { value, done } = await Promise.race([strokes.next(), isOff]);
    if (done === true || operator.key(value) === 'quit') return;
  }
}
