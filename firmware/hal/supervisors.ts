export interface Supervisor {
  /** Two to eight digits. */
  readonly number: string;
  /** As it stands on the settlement slip. */
  readonly name: string;
}

/** Who may answer for the shop where the terminal alone may not decide. Passcodes stay behind this interface. */
export interface Supervisors {
  /** `undefined` for an unknown number or a wrong passcode, without saying which. Takes as long for either. */
  authenticate(number: string, passcode: string): Promise<Supervisor | undefined>;
}
