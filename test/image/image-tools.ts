import { spawnSync } from 'node:child_process';
import process from 'node:process';

/** Set where images are built on every change: then a tool that is missing fails the tests that need it. */
export const REQUIRED = process.env['FENQI_REQUIRE_IMAGE_TOOLS'] === '1';

/**
 * Whether a program of the machine is there. Without it a test checks what it can.
 *
 * @throws when FENQI_REQUIRE_IMAGE_TOOLS=1 and it is missing
 */
export function imageTool(name: string, debianPackage: string): boolean {
  return isUsable(name, debianPackage, `command -v ${name}`);
}

/** The same for what is no program, as a library; `check` is a line of shell that succeeds when it is there. */
export function isUsable(name: string, debianPackage: string, check: string): boolean {
  const isThere = spawnSync('sh', ['-c', check]).status === 0;
  if (!isThere && REQUIRED) {
    throw new Error(`FENQI_REQUIRE_IMAGE_TOOLS=1, and ${name} is missing: apt-get install ${debianPackage}`);
  }
  return isThere;
}
