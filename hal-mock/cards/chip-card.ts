import { CIPHERS } from '../../drivers/crypto/ciphers.ts';
import { concatBytes, equalBytes, hex } from '../../firmware/base/bytes.ts';
import { arqcInput, type ChipTags } from './chip-data.ts';
import {
  applicationCryptogram,
  arpcMethod1,
  deriveCardKey,
  deriveCryptogramKey,
  deriveScriptKey,
  scriptMac,
} from './emv-crypto.ts';
import { ISSUER_MASTER_KEY, ISSUER_SCRIPT_KEY, type TestCard } from './test-cards.ts';

/** First byte of tag 9F27. */
export const CRYPTOGRAM_TYPES = { aac: 0x00, tc: 0x40, arqc: 0x80 } as const;
export type CryptogramType = keyof typeof CRYPTOGRAM_TYPES;

/** What a GENERATE AC gives: tags 9F27, 9F26, 9F36 and 9F10. */
export interface Cryptogram {
  readonly type: CryptogramType;
  readonly cryptogram: Uint8Array;
  readonly atc: Uint8Array;
  readonly issuerApplicationData: Uint8Array;
}

/**
 * Second byte of the card verification results, JR/T 0025: bits 8–7 second cryptogram (00 AAC, 01 TC, 10 not asked),
 * bits 6–5 the first (00 AAC, 01 TC, 10 ARQC), bit 4 issuer authentication failed.
 */
const VERIFICATION_RESULTS = {
  firstArqc: 0xa0,
  firstAac: 0x80,
  thenTc: 0x60,
  thenAac: 0x20,
  issuerFailed: 0x08,
} as const;

/** Length 7, key derivation index 1, cryptogram version 1, then the results (length 3) and algorithm 1 (triple DES). */
function issuerApplicationData(results: number): Uint8Array {
  return concatBytes(hex('07 01 01 03'), new Uint8Array([results]), hex('00 00 01'));
}

/** APPLICATION BLOCK, APPLICATION UNBLOCK and PIN UNBLOCK, each with an 8-byte MAC and no data. EMV book 3, 6.5. */
const SCRIPT_COMMANDS: Readonly<Record<number, 'block' | 'unblock' | 'unblockPin'>> = {
  0x1e: 'block',
  0x18: 'unblock',
  0x24: 'unblockPin',
};
const SCRIPT_HEADER_BYTES = 5;
const SECURE_MESSAGING_CLASS = 0x84;

/**
 * The chip on one test card: keys, transaction counter and what a script changed last as long as the object, over many
 * transactions. It answers with real cryptograms and believes the issuer only when the ARPC is right.
 */
export class ChipCard {
  readonly card: TestCard;
  readonly #cardKey: Uint8Array;
  readonly #scriptCardKey: Uint8Array;
  #counter = 0;
  #blocked: boolean;
  #first: Uint8Array = new Uint8Array(8);
  #issuer: 'unheard' | 'authentic' | 'failed' = 'unheard';

  constructor(card: TestCard) {
    this.card = card;
    this.#blocked = card.chip === 'blocked';
    this.#cardKey = deriveCardKey(CIPHERS, ISSUER_MASTER_KEY, card.pan, card.sequence);
    this.#scriptCardKey = deriveCardKey(CIPHERS, ISSUER_SCRIPT_KEY, card.pan, card.sequence);
  }

  /** The application answers SELECT with a warning and takes part in nothing. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** First GENERATE AC: a new transaction. Asks to go online, unless this card declines offline. */
  generateFirst(terminal: ChipTags): Cryptogram {
    this.#counter = (this.#counter + 1) & 0xffff;
    this.#issuer = 'unheard';
    const refuses = this.card.chip === 'refusesOffline';
    const results = refuses ? VERIFICATION_RESULTS.firstAac : VERIFICATION_RESULTS.firstArqc;
    const answer = this.#cryptogram(terminal, refuses ? 'aac' : 'arqc', results);
    this.#first = answer.cryptogram;
    return answer;
  }

  /** EXTERNAL AUTHENTICATE with tag 91 by method 1: 8 bytes of ARPC, 2 of response code. */
  authenticateIssuer(authenticationData: Uint8Array): boolean {
    const [arpc, code] = [authenticationData.subarray(0, 8), authenticationData.subarray(8, 10)];
    const sessionKey = deriveCryptogramKey(CIPHERS, this.#cardKey, this.#atc());
    const isAuthentic =
      authenticationData.length === 10 && equalBytes(arpc, arpcMethod1(CIPHERS, sessionKey, this.#first, code));
    this.#issuer = isAuthentic ? 'authentic' : 'failed';
    return isAuthentic;
  }

  /** Second GENERATE AC: TC when the terminal asks for one and nothing speaks against it. */
  generateSecond(terminal: ChipTags, asksFor: 'tc' | 'aac'): Cryptogram {
    const accepts = asksFor === 'tc' && this.#issuer !== 'failed' && this.card.chip !== 'refusesAfterApproval';
    const failed = this.#issuer === 'failed' ? VERIFICATION_RESULTS.issuerFailed : 0;
    const results = (accepts ? VERIFICATION_RESULTS.thenTc : VERIFICATION_RESULTS.thenAac) | failed;
    return this.#cryptogram(terminal, accepts ? 'tc' : 'aac', results);
  }

  /** One command of an issuer script; `false` when it is unknown or its MAC is wrong. */
  runScriptCommand(command: Uint8Array): boolean {
    const action = SCRIPT_COMMANDS[command[1] ?? 0];
    if (command[0] !== SECURE_MESSAGING_CLASS || action === undefined) return false;
    const mac = scriptMac(CIPHERS, deriveScriptKey(CIPHERS, this.#scriptCardKey, this.#first), {
      header: command.subarray(0, SCRIPT_HEADER_BYTES),
      atc: this.#atc(),
      cryptogram: this.#first,
    });
    if (!equalBytes(command.subarray(SCRIPT_HEADER_BYTES), mac)) return false;
    if (action !== 'unblockPin') this.#blocked = action === 'block';
    return true;
  }

  #atc(): Uint8Array {
    return new Uint8Array([this.#counter >> 8, this.#counter & 0xff]);
  }

  #cryptogram(terminal: ChipTags, type: CryptogramType, results: number): Cryptogram {
    const atc = this.#atc();
    const applicationData = issuerApplicationData(results);
    const covered = arqcInput(new Map([...terminal, ['9F36', atc], ['9F10', applicationData]]));
    const sessionKey = deriveCryptogramKey(CIPHERS, this.#cardKey, atc);
    const cryptogram = applicationCryptogram(CIPHERS, sessionKey, covered);
    return { type, cryptogram, atc, issuerApplicationData: applicationData };
  }
}

/** The chips of all cards that were ever presented, so that a card keeps its counter from one sale to the next. */
export class ChipCards {
  readonly #chips = new Map<string, ChipCard>();

  of(card: TestCard): ChipCard {
    const known = this.#chips.get(card.pan);
    if (known !== undefined) return known;
    const chip = new ChipCard(card);
    this.#chips.set(card.pan, chip);
    return chip;
  }
}
