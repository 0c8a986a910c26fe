import type { Supervisor } from '../hal/index.ts';
import type { Effect } from './effect.ts';

export interface CheckSupervisorInput {
  readonly number: string;
  readonly passcode: string;
}

/** Who stands at the keys; `undefined` for nobody that may answer for the shop. */
export const checkSupervisor: Effect<Supervisor | undefined, CheckSupervisorInput> = ({ ports }, input) =>
  ports.supervisors.authenticate(input.number, input.passcode);
