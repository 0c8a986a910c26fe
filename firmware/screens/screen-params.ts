import type { CardInterface, DeviceName, HalErrorKind, HostLink, PrinterStop } from '../hal/index.ts';
import type { JournalFinding } from '../journal/journal.ts';
import type { AfterDecline } from '../rules/after-exchange.ts';
import type { CardProblem } from '../rules/card-entry.ts';
import type { AfterSaleRefusal } from '../rules/after-sale.ts';
import type { ItemKind, SaleTruth } from '../rules/sale-truth.ts';
import type { RefundKind } from '../journal/refund-records.ts';
import type { Bill, Wallet } from '../protocol/wallet/wallet-api.ts';
import type { PlanQuote } from '../rules/installment/quote.ts';
import type { MenuEntry } from '../rules/payment-methods.ts';

/** Parameters of a screen that has none. */
export type NoParams = Readonly<Record<string, never>>;

/** What a terminal can lack before it may sell. */
export type ActivationItem = 'merchant' | 'terminal' | 'masterKey' | 'acquirer' | 'wallet';

export type SignOnProblem = 'notSent' | 'noAnswer' | 'refused' | 'untrusted' | 'badKeys';

export type ScanProblem = 'unreadable' | 'notAPayCode' | 'notSupported' | 'wrongWallet' | 'timedOut';

export type PinProblem = 'wrongPin' | 'timedOut' | 'cancelled' | 'noKey' | 'device';

export type NotSentReason = Extract<Awaited<ReturnType<HostLink['exchange']>>, { kind: 'notSent' }>['reason'];

export type OutOfServiceReason = 'fault' | 'journal' | 'configuration' | 'tamper' | 'noMasterKey';

export type ReceiptCopyName = 'merchant' | 'cardholder' | 'settlement' | 'schedule' | 'bill';

/** Where a refused sale can be begun again, from the same amount on. */
export type WayOn = 'tryAgain' | 'otherPlan' | 'otherMethod';

/** What a sale was paid with. */
export type PaidWith = 'card' | 'alipay' | 'wechat' | 'unionpay' | 'jd' | 'huabei' | 'baitiao' | 'cardInstallment';

/** One sale of the journal: six-digit voucher number, and a masked card number or a wallet's order number. */
export interface SaleOnScreen {
  readonly voucher: string;
  readonly amountFen: number;
  readonly subject: string;
}

/** A sale that may be taken back, in whole or in part. */
export interface RefundOnScreen extends SaleOnScreen {
  readonly kind: RefundKind;
  /** Of the sale. */
  readonly saleFen: number;
  /** What went back before. */
  readonly refundedFen: number;
  readonly method: PaidWith;
  readonly periods: number | undefined;
}

/** Why there are no bills or no schedule to show. */
export type BillProblem =
  | 'noSuchSale'
  | 'notStanding'
  /** Neither a plan nor a wallet that could have one. */
  | 'noPlan'
  /** This wallet's host has no bills for shops. */
  | 'notServed'
  | 'unreachable'
  | 'notTrusted'
  | 'refused'
  /** The host knows nothing that is owed. */
  | 'none'
  | 'badAccount';

/** What a number is typed in for. */
export type VoucherPurpose = 'lookUp' | RefundKind | 'bills';

/** What each screen needs to know. Texts in here are masked on the way to the screen, whatever they hold. */
export interface ScreenParams {
  booting: NoParams;
  selfTestFailed: { readonly devices: readonly DeviceName[] };
  configurationDamaged: { readonly problems: readonly string[] };
  journalDamaged: { readonly kind: JournalFinding['kind'] };
  activation: { readonly missing: readonly ActivationItem[] };
  signingOn: NoParams;
  signOnFailed: {
    readonly reason: SignOnProblem;
    readonly retryInSeconds: number;
    readonly responseCode?: string | undefined;
  };
  recovering: { readonly openItems: number };
  forwarding: { readonly stored: number };
  /** The issuer does not pay for an offline sale. */
  uncollected: { readonly amountFen: number; readonly responseCode: string };
  recoveryWaiting: { readonly openItems: number; readonly retryInSeconds: number };
  outOfService: { readonly reason: OutOfServiceReason };
  deviceProblem: { readonly device: DeviceName; readonly kind: HalErrorKind };

  idle: {
    readonly merchantName: string;
    readonly openItems: number;
    readonly copiesOwed: number;
    readonly mustSettle: boolean;
    /** Offline sales that wait to be forwarded. */
    readonly stored: number;
    readonly online: boolean;
  };
  enterAmount: { readonly amountFen: number };
  presentCard: {
    readonly amountFen: number;
    readonly accept: readonly (CardInterface | 'code')[];
    /** Ways to pay that are chosen by a digit. */
    readonly methods: readonly MenuEntry[];
    /** The cashier is told to offer instalments. */
    readonly offersInstallment: boolean;
    /** Agreed to already; the card or code is shown for it. */
    readonly quote?: PlanQuote | undefined;
  };
  insertCard: { readonly amountFen: number; readonly reason: 'chipCard' | 'tapFailed' };
  swipeCard: { readonly amountFen: number };
  cardProblem: { readonly reason: CardProblem; readonly canRetry: boolean };
  scanProblem: { readonly reason: ScanProblem };
  choosePlan: { readonly amountFen: number; readonly quotes: readonly PlanQuote[] };
  confirmPlan: { readonly amountFen: number; readonly quote: PlanQuote };
  enterPin: {
    readonly amountFen: number;
    readonly maskedPan: string;
    readonly digits: number;
    readonly tryNumber: number;
  };
  signOnPanel: { readonly amountFen: number; readonly maskedPan: string };
  pinProblem: { readonly reason: PinProblem; readonly triesLeft: number };

  authorizing: { readonly amountFen: number; readonly route: 'card' | 'wallet' | 'plans' | 'sms' | 'face' };
  enterAccount: {
    readonly amountFen: number;
    /** A pay code may be shown instead. */
    readonly takesCode: boolean;
    readonly digits: number;
    /** Of what was typed, four at most. */
    readonly lastDigits: string;
    readonly problem: boolean;
  };
  chooseProof: { readonly maskedAccount: string };
  enterSmsCode: {
    readonly amountFen: number;
    readonly maskedAccount: string;
    readonly digits: number;
    readonly triesLeft: number;
    readonly resendInSeconds: number;
    readonly problem: boolean;
  };
  faceCheck: { readonly amountFen: number; readonly maskedAccount: string; readonly secondsLeft: number };
  showCode: {
    readonly amountFen: number;
    readonly wallet: Wallet;
    readonly secondsLeft: number;
    readonly codeText: string;
    readonly periods?: number | undefined;
  };
  waitingForCustomer: { readonly amountFen: number; readonly secondsLeft: number };
  completingChip: NoParams;
  approved: {
    readonly amountFen: number;
    readonly method: PaidWith;
    readonly authCode?: string | undefined;
    readonly maskedPan?: string | undefined;
    readonly periods?: number | undefined;
    /** By the chip alone. */
    readonly offline?: boolean | undefined;
  };
  /**
   * `responseCode` is field 39 of the acquirer or the sub code of the wallet, empty when it gave none; `next` overrides
   * the hint of its row.
   */
  declined: {
    readonly responseCode: string;
    readonly isInstallment?: boolean | undefined;
    readonly next?: AfterDecline | undefined;
    readonly ways?: readonly WayOn[] | undefined;
  };
  notSent: { readonly reason: NotSentReason; readonly ways?: readonly WayOn[] | undefined };
  /** The host's numbers are not those that the customer agreed to. `isReversed`: it is known to be taken back. */
  numbersDiffer: { readonly amountFen: number; readonly isReversed: boolean };
  reversing: { readonly amountFen: number };
  outcomeUnknown: { readonly amountFen: number };
  reversed: { readonly amountFen: number };
  /** A sale that was in doubt turned out to stand. */
  lateApproval: { readonly amountFen: number };
  cancelled: NoParams;
  timedOut: NoParams;

  printing: { readonly copy: ReceiptCopyName };
  tearReceipt: { readonly nextCopy: ReceiptCopyName };
  printerProblem: { readonly reason: PrinterStop | HalErrorKind; readonly copy: ReceiptCopyName };
  removeCard: NoParams;

  menu: {
    readonly copiesOwed: number;
    readonly openItems: number;
    readonly hasSettled: boolean;
    readonly hasDrawer: boolean;
  };
  openingDrawer: object;
  drawerProblem: { readonly reason: PrinterStop | HalErrorKind };
  settling: {
    readonly step: 'notices' | 'totals' | 'upload';
    /** Messages of the upload. */
    readonly done: number;
    readonly total: number;
  };
  settled: { readonly batch: string; readonly balanced: boolean; readonly disagreements: number };
  settlementFailed: {
    readonly reason: 'openItems' | 'unanswered' | 'refused' | 'signOnNeeded';
    readonly responseCode: string | undefined;
  };
  /** `digits` as they were typed so far. */
  enterVoucher: { readonly digits: string; readonly purpose: VoucherPurpose };
  saleTruth: SaleOnScreen & { readonly what: ItemKind; readonly truth: SaleTruth };
  openItem: SaleOnScreen & { readonly what: ItemKind; readonly at: number; readonly count: number };
  /** With the service number. */
  help: { readonly servicePhone: string; readonly terminalId: string; readonly merchantId: string };

  /** `amountFen` as it was typed so far. */
  enterRefundAmount: RefundOnScreen;
  confirmRefund: RefundOnScreen & { readonly feeBackFen: number; readonly leftFen: number };
  refundNotPossible: { readonly kind: RefundKind; readonly reason: AfterSaleRefusal };
  presentCardAgain: { readonly kind: RefundKind; readonly amountFen: number; readonly maskedPan: string };
  refunding: { readonly kind: RefundKind; readonly amountFen: number };
  refundDone: {
    readonly kind: RefundKind;
    readonly amountFen: number;
    readonly feeBackFen: number;
    /** As the wallet says it, where that is another. */
    readonly hostFeeBackFen: number | undefined;
    readonly leftFen: number;
  };
  /** `responseCode` is field 39 of the acquirer or the cause of the wallet. */
  refundDeclined: { readonly what: RefundKind; readonly amountFen: number; readonly responseCode: string };
  refundNotSent: { readonly kind: RefundKind };
  refundUnknown: { readonly kind: RefundKind; readonly amountFen: number };
  /** A void or refund in doubt turned out to be done. */
  refundConfirmed: { readonly what: RefundKind; readonly amountFen: number };
  voidReversed: { readonly amountFen: number };
  cardDiffers: { readonly maskedPan: string; readonly canRetry: boolean };

  chooseBills: NoParams;
  /** The last four digits of the number that is typed, and how many stand. */
  enterBillAccount: { readonly digits: number; readonly lastDigits: string; readonly isWrong: boolean };
  billChoice: SaleOnScreen & { readonly hasSchedule: boolean; readonly hasBills: boolean };
  askingBills: NoParams;
  /** Page `page` of this bill is `at` of `count` pages of all bills. */
  bills: { readonly bill: Bill; readonly page: number; readonly at: number; readonly count: number };
  billProblem: { readonly reason: BillProblem };
  enterSupervisor: { readonly digits: string };
  /** How many digits were typed, never which. */
  enterPasscode: { readonly number: string; readonly digits: number };
  supervisorRefused: { readonly triesLeft: number };
  handedOver: SaleOnScreen & { readonly supervisor: string };
}

export type ScreenId = keyof ScreenParams;

/** Parameters of one screen, as in `ScreenParamsOf<'approved'>`. */
export type ScreenParamsOf<Id extends ScreenId> = ScreenParams[Id];
