import type { CipherFactory } from '../../../firmware/protocol/crypto/block-cipher.ts';

/** The battery-backed key memory of an emulated pad: survives a restart, not a tamper. */
export class KeyMemory {
  readonly #ciphers: CipherFactory;
  readonly #master = new Map<number, Uint8Array>();
  readonly #working = new Map<string, Uint8Array>();

  constructor(ciphers: CipherFactory) {
    this.#ciphers = ciphers;
  }

  get hasMaster(): boolean {
    return this.#master.size > 0;
  }

  loadMaster(index: number, key: Uint8Array): void {
    this.#master.set(index, new Uint8Array(key));
  }

  /** False when the master key is missing or has another length than the mode says. */
  loadWorking(index: number, slot: number, cryptogram: Uint8Array, masterBytes: number): boolean {
    const master = this.#master.get(index);
    if (master?.length !== masterBytes) return false;
    this.#working.set(slotName(index, slot), this.#ciphers.des(master).decrypt(cryptogram));
    return true;
  }

  working(index: number, slot: number): Uint8Array | undefined {
    return this.#working.get(slotName(index, slot));
  }

  wipe(): void {
    this.#master.clear();
    this.#working.clear();
  }
}

function slotName(index: number, slot: number): string {
  return `${index}.${slot}`;
}
