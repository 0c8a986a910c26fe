/**
 * A byte connection below a host link: TCP, TLS or memory. It knows nothing of messages.
 * The seam at which the same link code runs over a real network and inside a simulation.
 */
export interface Connection {
  /** Hands bytes to the connection; they may still be lost. Ignored once closed. */
  write(bytes: Uint8Array): void;
  /** Bytes in arbitrary chunks. One listener. */
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Called once, whoever closed. */
  onClose(listener: () => void): void;
  close(): void;
}

/** Why a connection could not be made; nothing was sent then. */
export type DialFailure = 'refused' | 'unreachable';

/** Opens one connection. Never rejects. */
export type Dial = () => Promise<
  | { readonly kind: 'connected'; readonly connection: Connection }
  | { readonly kind: 'failed'; readonly reason: DialFailure }
>;
