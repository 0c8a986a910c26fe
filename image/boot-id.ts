import { readFileSync } from 'node:fs';

/** Another one after every start of the machine; empty where the kernel does not say. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
