/** What was ever taken, said yes, said no, or struck, merged over runs of any kind. */

export const COVERAGE_FORMAT = 'fenqi-coverage';
export const COVERAGE_VERSION = 1;

export interface Coverage {
  readonly format: typeof COVERAGE_FORMAT;
  readonly version: typeof COVERAGE_VERSION;
  /** Names of what was run: `play scenarios`, `simulate 100 seeds`, `session 2026-11-27`. */
  readonly runs: readonly string[];
  /** How often each branch was taken, by its id. A state counts as seen when a branch led to it or left it. */
  readonly taken: Readonly<Record<string, number>>;
  /** How often the guard of a branch said no, by its id. One that was taken has said yes. */
  readonly refused: Readonly<Record<string, number>>;
  /** How often a state was entered, as `machine.state`. */
  readonly entered: Readonly<Record<string, number>>;
  /** How often a fault of a device or of a host struck, by its name: `printer/openCover`, `acquirer/wrongMac`. */
  readonly faults: Readonly<Record<string, number>>;
}

export interface CoverageShare {
  readonly covered: number;
  readonly of: number;
  readonly missing: readonly string[];
}

export interface CoverageReport {
  readonly states: CoverageShare;
  readonly branches: CoverageShare;
  /** Each guard counts twice: it said yes, it said no. */
  readonly guards: CoverageShare;
  readonly deviceFaults: CoverageShare;
  readonly hostFaults: CoverageShare;
}
