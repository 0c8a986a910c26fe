import type { CardData } from '../../../firmware/hal/index.ts';
import type { SaleKey } from '../../../firmware/journal/records.ts';
import { quotePlan } from '../../../firmware/rules/installment/quote.ts';
import { DEFAULT_SETTINGS } from '../../../firmware/settings.ts';

export const { timing: TIMING, wallet: WALLET } = DEFAULT_SETTINGS;
export const KEY: SaleKey = { batch: '000001', stan: 7 };

/** A credit card held to the reader. */
export const TAPPED: CardData = {
  interface: 'tap',
  panRef: { vaultRef: 1, kind: 'pan' },
  maskedPan: '629999******0013',
  expiry: '2909',
  serviceCode: '201',
  cardSequence: '001',
  track2Ref: undefined,
  chipDataRef: { vaultRef: 2, kind: 'chipData' },
  chip: {
    aid: 'A000000333010102',
    applicationLabel: 'UNIONPAY CREDIT',
    cryptogram: '0011223344556677',
    cryptogramType: 'arqc',
    tvr: '0000000000',
    tsi: 'E800',
    atc: '0001',
  },
  verification: 'none',
};

export const INSERTED: CardData = { ...TAPPED, interface: 'chip', verification: 'signature' };
export const SWIPED: CardData = { ...TAPPED, interface: 'swipe', serviceCode: '101', chip: undefined };
export const CODE = {
  kind: 'code',
  wallet: 'alipay',
  codeRef: { vaultRef: 3, kind: 'payCode' },
  maskedCode: '28************02',
} as const;

export const QUOTES = [3, 6].map((periods) =>
  quotePlan({ method: 'huabei', periods, feeRatePpm: 45_000, feePayer: 'customer' }, 120_000, {
    year: 2026,
    month: 11,
    day: 21,
  }),
);

/** A customer who is named instead of shown. */
export const ACCOUNT = { accountRef: { vaultRef: 4, kind: 'account' }, maskedAccount: '139****0101' } as const;
