/** What a Lakala open-API request carries beside its body. */
export interface LakalaCall {
  readonly appId: string;
  readonly serialNumber: string;
  /** Seconds since 1970 as text. */
  readonly timestamp: string;
  readonly nonce: string;
  readonly body: string;
}

/** What a request signs with SHA-256 and RSA: each part on a line of its own, the last one too. */
export function lakalaSignString({ appId, serialNumber, timestamp, nonce, body }: LakalaCall): string {
  return lines(appId, serialNumber, timestamp, nonce, body);
}

/** What a notification is signed over. */
export function lakalaNotifyString({
  timestamp,
  nonce,
  body,
}: Pick<LakalaCall, 'timestamp' | 'nonce' | 'body'>): string {
  return lines(timestamp, nonce, body);
}

function lines(...parts: readonly string[]): string {
  return parts.map((part) => `${part}\n`).join('');
}
