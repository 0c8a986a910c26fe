import type { DeviceFault } from '../hal/index.ts';

/** Whether the secure device works but has no key for what was asked: then it is time to look which keys are left. */
export function lacksKey({ device, kind }: DeviceFault): boolean {
  return kind === 'security' && (device === 'pinPad' || device === 'keyStore');
}
