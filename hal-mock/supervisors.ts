import type { Supervisor, Supervisors } from '../firmware/hal/index.ts';

/** The supervisor of every simulated shop. */
export const TEST_SUPERVISOR = { number: '01', name: '店长', passcode: '246810' } as const;

/** Supervisors with passcodes that everybody may read. */
export class MockSupervisors implements Supervisors {
  readonly #known: readonly (Supervisor & { readonly passcode: string })[];

  constructor(known: readonly (Supervisor & { readonly passcode: string })[] = [TEST_SUPERVISOR]) {
    this.#known = known;
  }

  async authenticate(number: string, passcode: string): Promise<Supervisor | undefined> {
    const found = this.#known.find((each) => each.number === number && each.passcode === passcode);
    return found && { number: found.number, name: found.name };
  }
}
