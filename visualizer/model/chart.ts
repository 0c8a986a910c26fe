/** The statecharts as data: what the page, the exports and the coverage report know of them. */

export interface ChartModel {
  /** The terminal first, then in the order of their files. */
  readonly machines: readonly MachineModel[];
}

export interface MachineModel {
  readonly id: string;
  /** From the root of the repository. */
  readonly path: string;
  readonly about: string;
  readonly initial: string;
  readonly states: readonly StateModel[];
  /** Branches that are open in every state. */
  readonly everywhere: readonly BranchModel[];
  readonly delays: readonly DelayModel[];
}

export interface DelayModel {
  readonly name: string;
  /** As the chart writes it: where in the settings the value stands. */
  readonly written: string;
  /** With the usual settings; of one that grows, the first. */
  readonly usualMs: number;
}

export interface StateModel {
  readonly key: string;
  /** Both from `meta.zh` and the key: `输入凭证号`, `entering voucher`. */
  readonly zh: string;
  readonly en: string;
  readonly tags: readonly string[];
  readonly isFinal: boolean;
  readonly invokes: readonly InvokeModel[];
  /** Names of actions. */
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly branches: readonly BranchModel[];
}

export interface InvokeModel {
  readonly src: string;
  /** Id of the machine that it starts; `undefined` for an effect. */
  readonly machine: string | undefined;
}

/** One branch of a state for one event. */
export interface BranchModel {
  /** `terminal.booting · boot done · 2`, see `branchId` of the firmware: the name of this branch in traces and coverage. */
  readonly id: string;
  readonly event: string;
  readonly kind: 'key' | 'done' | 'failed' | 'after' | 'always' | 'event';
  /** From 0, among the branches of this event. */
  readonly branch: number;
  /** Name of its guard; `''` where there is none. */
  readonly guard: string;
  /** `undefined`: it stays where it is. */
  readonly target: string | undefined;
  readonly reenter: boolean;
  readonly actions: readonly string[];
}

/** Positions in px, of a whole drawing whose top left corner is 0, 0. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A machine as it is drawn, with the machines that its states start inside them. Its size is that before it is scaled. */
export interface DrawnMachine extends Box {
  /** How large it is drawn where it stands; everything in it is measured in its own px. */
  readonly scale: number;
  readonly machine: string;
  /** Unique in a drawing: `terminal/transacting/transaction`. */
  readonly path: string;
  readonly states: readonly DrawnState[];
  readonly edges: readonly DrawnEdge[];
}

export interface DrawnState extends Box {
  readonly state: string;
  readonly nested: readonly DrawnMachine[];
}

/** One line for all branches between two states. */
export interface DrawnEdge {
  /** Ids of branches. */
  readonly branches: readonly string[];
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly label: { readonly lines: readonly string[] } & Box;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly root: DrawnMachine;
}
