interface ArmedFault<Fault> {
  readonly fault: Fault;
  timesLeft: number;
}

/**
 * Faults that a script arms: once, several times (`times`), or until cleared (`Infinity`). Each place that can fail asks
 * {@link take} for its own kind, so that an armed fault waits for the moment it belongs to.
 */
export class FaultSwitches<Fault extends { readonly kind: string }> {
  /** Until set back, the host is gone: connections are refused, requests of open ones vanish unexecuted. */
  down = false;
  readonly #armed: ArmedFault<Fault>[] = [];

  /** Arms a fault; several of one kind are used up in the order they were armed. */
  inject(fault: Fault, times = 1): void {
    this.#armed.push({ fault, timesLeft: times });
  }

  /** Disarms one kind, or everything and `down` with it. */
  clear(kind?: Fault['kind']): void {
    if (kind === undefined) this.down = false;
    const kept = this.#armed.filter(({ fault }) => kind !== undefined && fault.kind !== kind);
    this.#armed.splice(0, this.#armed.length, ...kept);
  }

  /** The first armed fault of this kind that applies here, used up by one; `undefined` when there is none. */
  take<Kind extends Fault['kind']>(
    kind: Kind,
    applies: (fault: Extract<Fault, { readonly kind: Kind }>) => boolean = () => true,
  ): Extract<Fault, { readonly kind: Kind }> | undefined {
    for (const armed of this.#armed) {
      const fault = armed.fault as Extract<Fault, { readonly kind: Kind }>;
      if (fault.kind !== kind || armed.timesLeft <= 0 || !applies(fault)) continue;
      armed.timesLeft--;
      if (armed.timesLeft === 0) this.#armed.splice(this.#armed.indexOf(armed), 1);
      return fault;
    }
    return undefined;
  }

  /** Kinds still armed, for a tester to see. */
  armed(): readonly { readonly fault: Fault; readonly timesLeft: number }[] {
    return this.#armed.map(({ fault, timesLeft }) => ({ fault, timesLeft }));
  }
}
