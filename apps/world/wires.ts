import type { BindingInterface } from '@serialport/bindings-interface' with { 'resolution-mode': 'require' };
import { portIdentity } from '../../drivers/linux/port-identity.ts';
import { memoryWire } from '../../hal-mock/wire/memory-wire.ts';
import type { WireEnd } from '../../hal-mock/wire/wire-end.ts';

/** Where the bytes between driver and emulator go: through memory, or through the kernel. */
export type Transport = 'memory' | 'pty';

/** Both ends of one serial connection. */
export interface DeviceWire {
  readonly binding: BindingInterface;
  readonly path: string;
  readonly end: WireEnd;
  readonly identityOf?: () => string | undefined;
  close(): Promise<void>;
}

/** Makes one serial connection. A pty needs `socat` on this machine and rejects without it. */
export async function openWire(transport: Transport): Promise<DeviceWire> {
  if (transport === 'memory') {
    const { binding, path, end } = memoryWire();
    return { binding, path, end, close: () => Promise.resolve() };
  }
  // Loaded where it is needed: the native add-on takes a fifth of a cold start.
  const { autoDetect } = await import('@serialport/bindings-cpp');
  const { openPtyWire } = await import('../../hal-mock/wire/pty-wire.ts');
  const pty = await openPtyWire();
  const binding = autoDetect() as unknown as BindingInterface;
  const { path, end } = pty;
  return { binding, path, end, identityOf: () => portIdentity(path), close: () => pty.close() };
}
