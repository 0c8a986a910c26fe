import type { CardInterface } from '../hal/card-reader.ts';

/** Sales without the host 脱机交易: the shop carries the risk that the issuer refuses them afterwards. */
export interface OfflineSettings {
  readonly enabled: boolean;
  readonly saleMaxFen: number;
  /** Of all sales that wait to be forwarded. */
  readonly totalMaxFen: number;
  readonly countMax: number;
  /** No more offline sales while one waits for so long. */
  readonly ageMaxMs: number;
}

/**
 * Off, and small when it is switched on: 250.00 a sale as terminals of other acquirers have it by default, ten sales as
 * the queue of CUP terminals, a day.
 */
export const DEFAULT_OFFLINE: OfflineSettings = {
  enabled: false,
  saleMaxFen: 250_00,
  totalMaxFen: 2_000_00,
  countMax: 10,
  ageMaxMs: 86_400_000,
};

/** What waits to be forwarded. */
export interface StoredSales {
  readonly count: number;
  readonly totalFen: number;
  /** Wall clock of the oldest; `undefined` when nothing waits. */
  readonly oldestWallMs: number | undefined;
}

export interface OfflineInput {
  readonly settings: OfflineSettings;
  readonly interface: CardInterface;
  /** A PIN can be checked by the issuer alone. */
  readonly hasPin: boolean;
  readonly amountFen: number;
  readonly stored: StoredSales;
  readonly wallMs: number;
}

/**
 * Whether a sale that could not leave may stand without the host, if the chip agrees. Only a chip in the slot can: it
 * gives a certificate that the issuer must honour. The age is judged by the wall clock, because the oldest sale may be
 * from before a restart; a clock that has gone backwards says no.
 */
export function mayGoOffline(input: OfflineInput): boolean {
  const { settings, stored, amountFen, wallMs } = input;
  const ageMs = stored.oldestWallMs === undefined ? 0 : wallMs - stored.oldestWallMs;
  return (
    settings.enabled &&
    input.interface === 'chip' &&
    !input.hasPin &&
    amountFen <= settings.saleMaxFen &&
    stored.totalFen + amountFen <= settings.totalMaxFen &&
    stored.count < settings.countMax &&
    ageMs >= 0 &&
    ageMs <= settings.ageMaxMs
  );
}
