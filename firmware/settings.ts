/** What a terminal must be told. Amounts in fen, durations in ms, names as they stand on the contract. */
import type { MacAlgorithm } from './hal/index.ts';
import { DEFAULT_INSTALLMENTS, type InstallmentSettings } from './rules/installment/settings.ts';
import { DEFAULT_OFFLINE, type OfflineSettings } from './rules/offline.ts';
import type { SignOnScheme } from './protocol/cup/sign-on-keys.ts';

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
  readonly appId: string;
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
  /** Eight characters and four, sent at sign-on. */
  readonly serial: string;
  readonly licence: string;
  /** Prints TESTING on every slip. */
  readonly training: boolean;
  readonly noPinLimitFen: number;
  readonly amountMaxFen: number;
  readonly acquirer: AcquirerSettings;
  readonly wallet: WalletSettings;
  readonly installments: InstallmentSettings;
  readonly offline: OfflineSettings;
  readonly timing: TimingSettings;
}

/** Starting values; reply wait and operator times from CUP terminals in the field, no-PIN limit of 2018-06-01. */
export const DEFAULT_SETTINGS: TerminalSettings = {
  language: 'zh',
  terminalId: '10000001',
  merchantId: '898310058120001',
  merchantName: '分期示范商店',
  operator: '01',
  serial: 'FENQI001',
  licence: '3133',
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
    appId: '2026112100000001',
    subject: '分期示范商店',
    pollEveryMs: 3_000,
    decideWithinMs: 60_000,
    replyDeadlineMs: 10_000,
  },
  installments: DEFAULT_INSTALLMENTS,
  offline: DEFAULT_OFFLINE,
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
