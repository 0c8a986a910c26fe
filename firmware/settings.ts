/** What a terminal must be told. Amounts in fen, durations in ms, names as they stand on the contract. */
import type { MacAlgorithm } from './hal/index.ts';
import type { SealSettings } from './receipts/seal.ts';
import { DEFAULT_REFUNDS, type RefundSettings } from './rules/after-sale.ts';
import { DEFAULT_INSTALLMENTS, type InstallmentSettings } from './rules/installment/settings.ts';
import { DEFAULT_METHODS, DEFAULT_OFFER_FROM_FEN, type MethodSetting } from './rules/payment-methods.ts';
import { DEFAULT_OFFLINE, type OfflineSettings } from './rules/offline.ts';
import type { SignOnScheme } from './protocol/cup/sign-on-keys.ts';
import type { Wallet, WalletMerchant } from './protocol/wallet/wallet-api.ts';
import type { WalletHost } from './protocol/wallet/web-message.ts';

export interface AcquirerSettings {
  /** 10 hex digits, as the acquirer gives it: 60, destination NII, source address. */
  readonly tpdu: string;
  /** 12 digits: application class, software version, terminal status, processing requirement, reserved. */
  readonly header: string;
  readonly signOnScheme: SignOnScheme;
  readonly macAlgorithm: MacAlgorithm;
  readonly encryptTracks: boolean;
  /**
   * Hosts differ in whether a refusal carries field 64. `true` shows what an unsigned refusal says, and reverses to be
   * sure; `false` believes nothing of it. Either way nothing unsigned ends a sale without a reversal.
   */
  readonly showsUnsignedRefusals: boolean;
  readonly replyDeadlineMs: number;
}

export interface WalletSettings {
  /** The merchant at each host that it has a contract with. */
  readonly hosts: Readonly<Partial<Record<WalletHost, WalletMerchant>>>;
  /** Who takes a code or an account of each wallet; one that is missing is not activated. UnionPay's goes to the acquirer. */
  readonly routes: Readonly<Partial<Record<Wallet, WalletHost | 'acquirer'>>>;
  /** Who makes the code that the terminal shows for each wallet. */
  readonly presents: Readonly<Partial<Record<Wallet, WalletHost>>>;
  readonly subject: string;
  /** The open platform asks for 3 to 6 s between two queries and a decision within about a minute. */
  readonly pollEveryMs: number;
  readonly decideWithinMs: number;
  readonly replyDeadlineMs: number;
}

export interface TimingSettings {
  /** A person at the keys who does nothing for so long has gone away. */
  readonly operatorMs: number;
  readonly cardMs: number;
  readonly pinMs: number;
  readonly removalMs: number;
  /** How long a result stays on the screen when nobody presses a key. */
  readonly resultMs: number;
  readonly tearMs: number;
  readonly signOnRetryMs: number;
  readonly recoveryRetryMs: number;
  /** Pause between attempts to forward offline sales; selling goes on meanwhile. */
  readonly forwardRetryMs: number;
}

export interface TerminalSettings {
  readonly language: 'zh' | 'en';
  readonly terminalId: string;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly operator: string;
  /** Whom shop and customer call when something is wrong; on the help screen and at the foot of every slip. */
  readonly servicePhone: string;
  /** Eight characters and four, sent at sign-on. */
  readonly serial: string;
  readonly licence: string;
  /** The shop's electronic seal, which the customer's slip ends in; none unless told. */
  readonly seal?: SealSettings | undefined;
  /** A cash drawer hangs on the printer: the menu offers to open it. */
  readonly hasDrawer: boolean;
  /** Prints TESTING on every slip. */
  readonly training: boolean;
  readonly noPinLimitFen: number;
  readonly amountMaxFen: number;
  readonly acquirer: AcquirerSettings;
  readonly wallet: WalletSettings;
  readonly installments: InstallmentSettings;
  /** Ways to pay that the cashier can choose first, in the order of the screen. */
  readonly methods: readonly MethodSetting[];
  /** From this amount on the cashier is told to offer instalments. */
  readonly offerInstallmentsFromFen: number;
  readonly offline: OfflineSettings;
  readonly refunds: RefundSettings;
  readonly timing: TimingSettings;
}

/** Starting values; reply wait and operator times from CUP terminals in the field, no-PIN limit of 2018-06-01. */
export const DEFAULT_SETTINGS: TerminalSettings = {
  language: 'zh',
  terminalId: '10000001',
  merchantId: '898310058120001',
  merchantName: '分期示范商店',
  operator: '01',
  servicePhone: '400-000-0000',
  serial: 'FENQI001',
  licence: '3133',
  hasDrawer: false,
  training: true,
  noPinLimitFen: 100_000,
  amountMaxFen: 5_000_000_00,
  acquirer: {
    tpdu: '6000030000',
    header: '603100311305',
    signOnScheme: '004',
    macAlgorithm: 'cup-ecb',
    encryptTracks: true,
    showsUnsignedRefusals: false,
    replyDeadlineMs: 30_000,
  },
  wallet: {
    hosts: {
      alipay: { appId: '2026112100000001', merchantId: '2088000000000001', serialNumber: '' },
      wechat: {
        appId: 'wx2026112100000001',
        merchantId: '1900000001',
        serialNumber: '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
      },
      jd: { appId: '', merchantId: '110000000000001', serialNumber: '' },
      lakala: { appId: 'OP00000001', merchantId: '822290070111135', serialNumber: '00DFBA8194C41B84CF' },
    },
    routes: { alipay: 'alipay', wechat: 'wechat', jd: 'jd', unionpay: 'acquirer' },
    presents: { alipay: 'alipay', wechat: 'wechat', jd: 'jd', unionpay: 'lakala' },
    subject: '分期示范商店',
    pollEveryMs: 3_000,
    decideWithinMs: 60_000,
    replyDeadlineMs: 10_000,
  },
  installments: DEFAULT_INSTALLMENTS,
  methods: DEFAULT_METHODS,
  offerInstallmentsFromFen: DEFAULT_OFFER_FROM_FEN,
  offline: DEFAULT_OFFLINE,
  refunds: DEFAULT_REFUNDS,
  timing: {
    operatorMs: 60_000,
    cardMs: 60_000,
    pinMs: 60_000,
    removalMs: 60_000,
    resultMs: 5_000,
    tearMs: 10_000,
    signOnRetryMs: 15_000,
    recoveryRetryMs: 15_000,
    forwardRetryMs: 60_000,
  },
};
