import type { CardPayment, SaleSlipData, SlipPlan, WalletPayment } from '../../firmware/receipts/slip-data.ts';

const ORIGIN = {
  merchantName: '分期示范商店',
  merchantId: '898310058120001',
  terminalId: '10000001',
  operator: '01',
  batch: '000001',
  voucher: '000123',
  at: '2026/11/21 14:05:09',
} as const;

/** A chip sale with PIN. */
export function cardSale(payment: Partial<CardPayment> = {}, sale: Partial<SaleSlipData> = {}): SaleSlipData {
  return {
    ...ORIGIN,
    amountFen: 8800,
    payment: {
      kind: 'card',
      maskedPan: '622202*********6789',
      entry: 'chip',
      verification: 'pin',
      issuer: '01020000',
      acquirer: '48213310',
      authorizationCode: '482913',
      retrievalReference: '142509000123',
      chip: {
        aid: 'A000000333010102',
        applicationLabel: 'UnionPay Credit',
        cryptogram: '8F3A1C2244D0B7E9',
        cryptogramType: 'arqc',
        tvr: '0000000000',
        tsi: 'E800',
        atc: '0012',
      },
      cardSequence: '001',
      ...payment,
    },
    plan: undefined,
    remarks: [],
    ...sale,
  };
}

/** Huabei, six periods, the customer pays the fee. */
export const HUABEI_PLAN: SlipPlan = {
  method: 'huabei',
  periods: 6,
  feePayer: 'customer',
  feeFen: 5400,
  totalFen: 125_400,
  perPeriodFen: 20_900,
  firstPaymentFen: 20_900,
  firstDueDate: '2026-12-09',
};

export function walletSale(payment: Partial<WalletPayment> = {}, sale: Partial<SaleSlipData> = {}): SaleSlipData {
  return {
    ...ORIGIN,
    amountFen: 120_000,
    payment: {
      kind: 'wallet',
      wallet: 'alipay',
      outTradeNo: '1000000120261121000001000123',
      tradeNo: '2026112122001400001234567890',
      maskedBuyer: '159****5620',
      ...payment,
    },
    plan: HUABEI_PLAN,
    remarks: [],
    ...sale,
  };
}
