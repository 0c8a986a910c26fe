import { bytesOfLatin1, concatBytes, hex } from '../../firmware/base/bytes.ts';
import { decodeTlv, type TlvNode } from '../../firmware/protocol/tlv/index.ts';
import { type ChipCard, CRYPTOGRAM_TYPES, type Cryptogram, type CryptogramType } from './chip-card.ts';
import { type ChipTags } from './chip-data.ts';
import { chipTrack2 } from './tracks.ts';

/** What the terminal brings to a chip transaction. */
export interface ChipTerms {
  readonly interface: 'chip' | 'tap';
  readonly amountFen: number;
  /** Tag 9A, `YYMMDD`. */
  readonly date: string;
  /** Tag 9F37, 4 bytes, new for each transaction. */
  readonly unpredictableNumber: Uint8Array;
  /** Tag 9F41, counts the transactions of the terminal. */
  readonly sequenceCounter: number;
  /** Tag 9F1E, 8 characters. */
  readonly serialNumber: string;
  /** Amount from which a card held to the field must be followed by a PIN. */
  readonly noPinLimitFen: number;
}

export interface CompletedChip {
  readonly accepted: boolean;
  readonly tags: ChipTags;
}

/** Terminal verification results, byte and bit by EMV book 3, C5. */
const TVR = {
  expiredApplication: [1, 0x40],
  onlinePinEntered: [2, 0x04],
  overFloorLimit: [3, 0x80],
  issuerAuthenticationFailed: [4, 0x40],
  scriptFailedBeforeCryptogram: [4, 0x20],
  scriptFailedAfterCryptogram: [4, 0x10],
} as const;

/** Transaction status information, first byte, EMV book 3, C6. */
const TSI = { untilFirstCryptogram: 0xe8, issuerAuthentication: 0x10, script: 0x04 } as const;

/** Tag 9F34: method, condition, result. Online PIN and signature leave the result open (00), no CVM succeeded (02). */
const CVM_RESULTS = { onlinePin: hex('02 03 00'), signature: hex('1E 03 00'), none: hex('1F 00 02') } as const;

/** Tag 9F6C of a card held to the field: byte 1 bit 8 asks for an online PIN, byte 2 bit 8 reports a CDCVM. */
const CARD_QUALIFIERS = { onlinePin: hex('80 00'), onDevice: hex('00 80'), none: hex('00 00') } as const;

/**
 * Response codes on which a kernel asks the chip for a TC (EMV book 4, A6): approved, approved with ID, partially, and
 * approved offline because the host could not be reached.
 */
const APPROVING_CODES: ReadonlySet<string> = new Set(['00', '10', '11', 'Y3']);

/** High digit of the script result: all commands ran, or one failed (its number is the low digit). */
const SCRIPT_RAN = 0x20;
const SCRIPT_FAILED = 0x10;

function digitsTag(digits: string | number, bytes: number): Uint8Array {
  return hex(String(digits).padStart(2 * bytes, '0'));
}

/**
 * One transaction of one chip with an emulated kernel: up to the first cryptogram when made, to the second by
 * {@link complete}. Terminal data: attended, online capable, PIN online and signature (9F35 22, 9F33 E068C8).
 */
export class ChipTransaction {
  readonly #chip: ChipCard;
  readonly #tags: Map<string, Uint8Array>;

  constructor(chip: ChipCard, terms: ChipTerms) {
    this.#chip = chip;
    this.#tags = new Map([...terminalTags(terms), ...cardTags(chip, terms), ...verificationTags(chip, terms)]);
    if (Number(chip.card.expiry) < Number(terms.date.slice(0, 4))) this.#setTvr('expiredApplication');
    if (terms.interface === 'chip') this.#setTvr('overFloorLimit');
    this.#take(chip.generateFirst(this.#tags));
  }

  /** Every tag that a reader could hand out, field 55 and card data alike. */
  get tags(): ChipTags {
    return this.#tags;
  }

  get cryptogramType(): CryptogramType {
    const type = this.#tags.get('9F27')?.[0] ?? CRYPTOGRAM_TYPES.aac;
    return type === CRYPTOGRAM_TYPES.arqc ? 'arqc' : type === CRYPTOGRAM_TYPES.tc ? 'tc' : 'aac';
  }

  /**
   * Issuer authentication, scripts and the second cryptogram.
   *
   * @param issuerData tags 91, 71 and 72, or nothing; `ProtocolError` when these are no TLV
   */
  complete(responseCode: string, issuerData: Uint8Array): CompletedChip {
    const nodes = decodeTlv(issuerData);
    this.#authenticate(nodes);
    const before = this.#runScripts(nodes, '71', 'scriptFailedBeforeCryptogram');
    const second = this.#chip.generateSecond(this.#tags, APPROVING_CODES.has(responseCode) ? 'tc' : 'aac');
    this.#take(second);
    const after = this.#runScripts(nodes, '72', 'scriptFailedAfterCryptogram');
    if (before.length + after.length > 0) this.#tags.set('DF31', concatBytes(...before, ...after));
    this.#tags.set('8A', bytesOfLatin1(responseCode));
    return { accepted: second.type === 'tc', tags: this.#tags };
  }

  #authenticate(nodes: readonly TlvNode[]): void {
    for (const node of nodes) {
      if (node.tag !== '91' || !('value' in node)) continue;
      this.#setTsi(TSI.issuerAuthentication);
      if (!this.#chip.authenticateIssuer(node.value)) this.#setTvr('issuerAuthenticationFailed');
    }
  }

  /** Results of all scripts in templates of that tag, 5 bytes each: result and number of the failed command, script id. */
  #runScripts(nodes: readonly TlvNode[], template: string, failure: keyof typeof TVR): Uint8Array[] {
    const results: Uint8Array[] = [];
    for (const node of nodes) {
      if (node.tag !== template || !('children' in node)) continue;
      this.#setTsi(TSI.script);
      const failedAt = this.#runCommands(node.children);
      if (failedAt > 0) this.#setTvr(failure);
      results.push(concatBytes(new Uint8Array([failedAt > 0 ? SCRIPT_FAILED | failedAt : SCRIPT_RAN]), scriptId(node)));
    }
    return results;
  }

  /** Number of the command that failed, from 1; 0 when all ran. What follows a failure is not run. */
  #runCommands(nodes: readonly TlvNode[]): number {
    const commands = nodes.filter((node) => node.tag === '86');
    const failed = commands.findIndex((node) => !('value' in node) || !this.#chip.runScriptCommand(node.value));
    return Math.min(failed + 1, 0x0f);
  }

  #take(answer: Cryptogram): void {
    this.#tags.set('9F27', new Uint8Array([CRYPTOGRAM_TYPES[answer.type]]));
    this.#tags.set('9F26', answer.cryptogram);
    this.#tags.set('9F36', answer.atc);
    this.#tags.set('9F10', answer.issuerApplicationData);
  }

  #setTvr(bit: keyof typeof TVR): void {
    const [byte, mask] = TVR[bit];
    const results = this.#tags.get('95') ?? new Uint8Array(5);
    results[byte] = (results[byte] ?? 0) | mask;
  }

  #setTsi(mask: number): void {
    const status = this.#tags.get('9B') ?? new Uint8Array(2);
    status[0] = (status[0] ?? 0) | mask;
  }
}

function scriptId(script: TlvNode): Uint8Array {
  const node = 'children' in script ? script.children.find((child) => child.tag === '9F18') : undefined;
  return node !== undefined && 'value' in node && node.value.length === 4 ? node.value : new Uint8Array(4);
}

function terminalTags(terms: ChipTerms): [string, Uint8Array][] {
  return [
    ['9F02', digitsTag(terms.amountFen, 6)],
    ['9F03', digitsTag(0, 6)],
    ['9F1A', hex('0156')],
    ['5F2A', hex('0156')],
    ['95', new Uint8Array(5)],
    ['9B', new Uint8Array([terms.interface === 'chip' ? TSI.untilFirstCryptogram : 0, 0])],
    ['9A', digitsTag(terms.date, 3)],
    ['9C', hex('00')],
    ['9F37', Uint8Array.from(terms.unpredictableNumber)],
    ['9F33', hex('E0 68 C8')],
    ['9F35', hex('22')],
    ['9F1E', bytesOfLatin1(terms.serialNumber.padEnd(8, '0').slice(0, 8))],
    ['9F41', digitsTag(terms.sequenceCounter % 100_000_000, 4)],
    ['9F39', hex(terms.interface === 'chip' ? '05' : '07')],
  ];
}

function cardTags({ card }: ChipCard, terms: ChipTerms): [string, Uint8Array][] {
  const track2 = chipTrack2(card);
  return [
    ['82', hex('7C 00')],
    ['84', hex(card.aid)],
    ['4F', hex(card.aid)],
    ['50', bytesOfLatin1(card.label)],
    ['9F09', hex(card.scheme === 'unionPay' ? '0020' : '0096')],
    ['57', hex(track2.length % 2 === 0 ? track2 : `${track2}F`)],
    ['5A', hex(card.pan.length % 2 === 0 ? card.pan : `${card.pan}F`)],
    ['5F24', hex(`${card.expiry}${lastDayOf(card.expiry)}`)],
    ['5F34', hex(card.sequence)],
    ['5F28', hex(card.scheme === 'unionPay' ? '0156' : '0840')],
    ...(terms.interface === 'tap' ? ([['9F6C', qualifiersOf(card.phone, terms)]] as [string, Uint8Array][]) : []),
  ];
}

/** A chip card is valid to the end of the month on it, and tag 5F24 names the day. */
function lastDayOf(expiry: string): string {
  const day = new Date(Date.UTC(2000 + Number(expiry.slice(0, 2)), Number(expiry.slice(2, 4)), 0)).getUTCDate();
  return String(day);
}

function qualifiersOf(isPhone: boolean, terms: ChipTerms): Uint8Array {
  if (isPhone) return CARD_QUALIFIERS.onDevice;
  return terms.amountFen >= terms.noPinLimitFen ? CARD_QUALIFIERS.onlinePin : CARD_QUALIFIERS.none;
}

function verificationTags({ card }: ChipCard, terms: ChipTerms): [string, Uint8Array][] {
  if (terms.interface === 'chip') {
    const pinEntered = card.chipVerification === 'onlinePin';
    return [
      ['9F34', CVM_RESULTS[card.chipVerification]],
      ['95', new Uint8Array([0, 0, pinEntered ? TVR.onlinePinEntered[1] : 0, 0, 0])],
    ];
  }
  const asksForPin = !card.phone && terms.amountFen >= terms.noPinLimitFen;
  return [['9F34', asksForPin ? CVM_RESULTS.onlinePin : CVM_RESULTS.none]];
}

/** Date `YYMMDD` and time `hhmmss` of a moment in China, which has one time zone and no daylight saving. */
export function chinaDateAndTime(wallMs: number): { readonly date: string; readonly time: string } {
  const digits = new Date(wallMs + 8 * 3_600_000).toISOString().replace(/\D/g, '');
  return { date: digits.slice(2, 8), time: digits.slice(8, 14) };
}
