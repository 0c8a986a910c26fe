/**
 * Cancellation without the web's AbortController, whose types would bring a platform into the firmware.
 * `CancelSignal` is structurally what XState hands to a promise actor and what Node's APIs take.
 */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface CancelSource {
  readonly signal: CancelSignal;
  cancel(): void;
}

/** A signal that its owner can fire once; listeners added after that are not called, so check `aborted` first. */
export function cancelSource(): CancelSource {
  const listeners = new Set<() => void>();
  let aborted = false;
  return {
    signal: {
      get aborted() {
        return aborted;
      },
      addEventListener: (_type, listener) => void listeners.add(listener),
      removeEventListener: (_type, listener) => void listeners.delete(listener),
    },
    cancel() {
      if (aborted) return;
      aborted = true;
      for (const listener of listeners) listener();
      listeners.clear();
    },
  };
}

/** A signal that never fires, for calls that nobody can cancel. */
export const NEVER_CANCELLED: CancelSignal = cancelSource().signal;
