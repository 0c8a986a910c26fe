import { scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { hex, hexOf } from '../../firmware/base/bytes.ts';
import { bytesOfUtf8 } from '../../firmware/base/text.ts';
import type { Random, Supervisor, Supervisors } from '../../firmware/hal/index.ts';

/** A supervisor as a configuration may hold them: nobody can read the passcode out of it. */
export interface SealedSupervisor extends Supervisor {
  /** 16 bytes, hex. */
  readonly salt: string;
  /** scrypt of the passcode, 32 bytes, hex. */
  readonly digest: string;
}

const SALT_BYTES = 16;
const DIGEST_BYTES = 32;

const derive = promisify<Uint8Array, Uint8Array, number, Buffer>(scrypt);

function digestOf(passcode: string, salt: Uint8Array): Promise<Buffer> {
  return derive(bytesOfUtf8(passcode), salt, DIGEST_BYTES);
}

/** Makes the entry of a configuration. */
export async function sealSupervisor(
  supervisor: Supervisor,
  passcode: string,
  random: Random,
): Promise<SealedSupervisor> {
  const salt = random.bytes(SALT_BYTES);
  return { ...supervisor, salt: hexOf(salt), digest: hexOf(await digestOf(passcode, salt)) };
}

/** Supervisors out of a configuration. An unknown number costs the same work as a known one. */
export class ScryptSupervisors implements Supervisors {
  readonly #known: readonly SealedSupervisor[];

  constructor(known: readonly SealedSupervisor[]) {
    this.#known = known;
  }

  async authenticate(number: string, passcode: string): Promise<Supervisor | undefined> {
    const found = this.#known.find((each) => each.number === number);
    const salt = found === undefined ? new Uint8Array(SALT_BYTES) : hex(found.salt);
    const expected = found === undefined ? new Uint8Array(DIGEST_BYTES) : hex(found.digest);
    const isRight = timingSafeEqual(await digestOf(passcode, salt), expected);
    return isRight && found !== undefined ? { number: found.number, name: found.name } : undefined;
  }
}
