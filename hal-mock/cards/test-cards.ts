import { hex } from '../../firmware/base/bytes.ts';
import type { CardInterface } from '../../firmware/hal/index.ts';

/** What the chip does in a transaction; everything but `normal` ends a sale in its own way. */
export type ChipBehaviour =
  | 'normal'
  /** No answer to reset: a dead chip, the case for which fallback to the stripe exists. */
  | 'mute'
  /** The application is blocked by its issuer. */
  | 'blocked'
  /** No application that the reader knows. */
  | 'unsupported'
  /** AAC at the first GENERATE AC: the card declines offline. */
  | 'refusesOffline'
  /** AAC at the second GENERATE AC although the host approved: the sale must be reversed. */
  | 'refusesAfterApproval'
  /** Held to the field it asks for its contacts. */
  | 'tapWantsChip';

/** How the issuer sees the account. */
export type AccountStatus = 'active' | 'restricted' | 'stolen' | 'lost';

/** A card of the simulated world: what lies on the plastic, what its chip does and what its issuer knows. Synthetic. */
export interface TestCard {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  /** 16 or 19 digits, valid by Luhn. */
  readonly pan: string;
  /** `YYMM`. */
  readonly expiry: string;
  readonly serviceCode: string;
  /** PAN sequence number, two digits: tag 5F34. */
  readonly sequence: string;
  readonly account: 'debit' | 'credit';
  readonly scheme: 'unionPay' | 'visa' | 'other';
  readonly interfaces: readonly CardInterface[];
  /** Application identifier in hex, tag 84; of no meaning for a card without a chip. */
  readonly aid: string;
  /** Tag 50. */
  readonly label: string;
  readonly chip: ChipBehaviour;
  /** What the chip asks for when inserted. Held to the field, the amount and `phone` decide. */
  readonly chipVerification: 'onlinePin' | 'signature';
  /** A phone that has verified its holder itself (CDCVM). */
  readonly phone: boolean;
  /** `worn` gives a bad swipe. */
  readonly stripe: 'good' | 'worn';
  /** What the issuer has. */
  readonly pin: string;
  /** What the customer types, try by try; the last one stands for all later tries. */
  readonly typedPins: readonly string[];
  readonly status: AccountStatus;
  /** Balance of a debit account, open credit of a credit one. */
  readonly availableFen: number;
  /** Most that the issuer lets through in one sale. */
  readonly saleLimitFen: number;
}

/**
 * Issuer master key for cryptograms of all test cards. A published test value: no real issuer has it.
 * Every test card takes option A and EMV's common session key.
 */
export const ISSUER_MASTER_KEY: Uint8Array = hex('9E15204313F7318ACB79B90BD986AD29');

/** Issuer master key for the MACs of issuer scripts. Test value. */
export const ISSUER_SCRIPT_KEY: Uint8Array = hex('4664942FE615FB02E5D57F292AA2B3B6');

/** Key pair behind CVV and iCVV on the tracks. Test value. */
export const CARD_VERIFICATION_KEY: Uint8Array = hex('0123456789ABCDEFFEDCBA9876543210');

/** UnionPay debit and credit applications, JR/T 0025. */
export const UNIONPAY_DEBIT_AID = 'A000000333010101';
export const UNIONPAY_CREDIT_AID = 'A000000333010102';

const PIN = '123456';

const DEBIT = {
  expiry: '3012',
  serviceCode: '220',
  sequence: '01',
  account: 'debit',
  scheme: 'unionPay',
  interfaces: ['swipe', 'chip', 'tap'],
  aid: UNIONPAY_DEBIT_AID,
  label: 'UNIONPAY DEBIT',
  chip: 'normal',
  chipVerification: 'onlinePin',
  phone: false,
  stripe: 'good',
  pin: PIN,
  typedPins: [PIN],
  status: 'active',
  availableFen: 1_000_000,
  saleLimitFen: 5_000_000,
} as const satisfies Partial<TestCard>;

const CREDIT = {
  ...DEBIT,
  expiry: '2909',
  serviceCode: '201',
  account: 'credit',
  aid: UNIONPAY_CREDIT_AID,
  label: 'UNIONPAY CREDIT',
  availableFen: 2_000_000,
} as const satisfies Partial<TestCard>;

/** All test cards. The simulated issuer's accounts are made from this same table. */
export const TEST_CARDS: readonly TestCard[] = [
  { ...DEBIT, id: 'debit', zh: '借记卡', en: 'Debit card', pan: '6299991000000000110' },
  { ...CREDIT, id: 'credit', zh: '信用卡', en: 'Credit card', pan: '6299992000000013' },
  {
    ...CREDIT,
    id: 'credit-signature',
    zh: '签名信用卡',
    en: 'Credit card that asks for a signature',
    pan: '6299992000000021',
    chipVerification: 'signature',
  },
  {
    ...CREDIT,
    id: 'credit-gold',
    zh: '高额信用卡',
    en: 'Credit card with a high limit',
    pan: '6299992000000211',
    availableFen: 50_000_000,
    saleLimitFen: 50_000_000,
  },
  {
    ...DEBIT,
    id: 'contactless',
    zh: '闪付卡',
    en: 'Contactless only',
    pan: '6299991000000000227',
    interfaces: ['tap'],
  },
  {
    ...CREDIT,
    id: 'phone',
    zh: '手机闪付',
    en: 'Phone that verified its holder',
    pan: '6299992000000203',
    sequence: '02',
    interfaces: ['tap'],
    phone: true,
  },
  {
    ...CREDIT,
    id: 'tap-wants-chip',
    zh: '须插卡的闪付卡',
    en: 'Contactless card that asks to be inserted',
    pan: '6299992000000161',
    chip: 'tapWantsChip',
  },
  {
    ...DEBIT,
    id: 'magstripe-only',
    zh: '纯磁条卡',
    en: 'Magnetic stripe only',
    pan: '6299991000000031',
    serviceCode: '120',
    interfaces: ['swipe'],
  },
  {
    ...DEBIT,
    id: 'worn-stripe',
    zh: '磁条磨损卡',
    en: 'Worn magnetic stripe',
    pan: '6299991000000189',
    serviceCode: '120',
    interfaces: ['swipe'],
    stripe: 'worn',
  },
  {
    ...DEBIT,
    id: 'wrong-pin',
    zh: '首次密码错误',
    en: 'Customer mistypes the PIN once',
    pan: '6299991000000000441',
    typedPins: ['111111', PIN],
  },
  {
    ...DEBIT,
    id: 'forgotten-pin',
    zh: '忘记密码',
    en: 'Customer does not know the PIN',
    pan: '6299991000000000557',
    typedPins: ['111111', '222222', '333333'],
  },
  { ...CREDIT, id: 'expired', zh: '过期卡', en: 'Expired card', pan: '6299992000000062', expiry: '2508' },
  {
    ...CREDIT,
    id: 'blocked',
    zh: '受限卡',
    en: 'Restricted by the issuer',
    pan: '6299992000000070',
    status: 'restricted',
  },
  { ...DEBIT, id: 'stolen', zh: '被窃卡', en: 'Reported stolen', pan: '6299991000000000888', status: 'stolen' },
  { ...CREDIT, id: 'lost', zh: '挂失卡', en: 'Reported lost', pan: '6299992000000096', status: 'lost' },
  {
    ...CREDIT,
    id: 'foreign',
    zh: '境外卡',
    en: 'Foreign card, not UnionPay',
    pan: '4500000000000015',
    scheme: 'visa',
    aid: 'A0000000031010',
    label: 'VISA CREDIT',
    chipVerification: 'signature',
  },
  { ...CREDIT, id: 'chip-mute', zh: '芯片失效卡', en: 'Dead chip', pan: '6299992000000112', chip: 'mute' },
  {
    ...CREDIT,
    id: 'chip-blocked',
    zh: '应用锁定卡',
    en: 'Chip application blocked',
    pan: '6299992000000120',
    chip: 'blocked',
  },
  {
    ...CREDIT,
    id: 'chip-unsupported',
    zh: '不支持的芯片应用',
    en: 'Chip application unknown to the reader',
    pan: '9999990000000014',
    scheme: 'other',
    aid: 'F0000009990001',
    label: 'CLUB CARD',
    chip: 'unsupported',
  },
  {
    ...CREDIT,
    id: 'refuses-after-approval',
    zh: '批准后卡片拒绝',
    en: 'Chip refuses after the host approved',
    pan: '6299992000000138',
    chip: 'refusesAfterApproval',
  },
  {
    ...CREDIT,
    id: 'refuses-offline',
    zh: '脱机拒绝卡',
    en: 'Chip declines offline',
    pan: '6299992000000146',
    chip: 'refusesOffline',
  },
  {
    ...DEBIT,
    id: 'low-balance',
    zh: '余额不足卡',
    en: 'Ten yuan left',
    pan: '6299991000000001555',
    availableFen: 1_000,
  },
  {
    ...DEBIT,
    id: 'low-limit',
    zh: '单笔限额卡',
    en: 'Sale limit of 500 yuan',
    pan: '6299991000000001779',
    saleLimitFen: 50_000,
  },
];

/** Short names that scenarios may use. */
const ALIASES: Readonly<Record<string, string>> = { chip: 'credit', tap: 'contactless', swipe: 'magstripe-only' };

/** The card of that id or alias; an unknown one is a mistake in a scenario. */
export function testCard(id: string): TestCard {
  const card = TEST_CARDS.find((card) => card.id === (ALIASES[id] ?? id));
  if (card === undefined) throw new RangeError(`no test card is named ${id}`);
  return card;
}

/** The PIN a customer types at the given try, the first being 1. */
export function typedPin(card: TestCard, tryNumber: number): string {
  return card.typedPins[Math.min(tryNumber, card.typedPins.length) - 1] ?? card.pin;
}
