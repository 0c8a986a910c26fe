/** The issuer's half of a chip transaction: what a simulated host does with field 55. */
import { CIPHERS } from '../../drivers/crypto/ciphers.ts';
import { bytesOfLatin1, concatBytes, equalBytes, hex } from '../../firmware/base/bytes.ts';
import { encodeTlv } from '../../firmware/protocol/tlv/index.ts';
import { arqcInput, chipTags, requiredTag } from './chip-data.ts';
import {
  applicationCryptogram,
  arpcMethod1,
  deriveCardKey,
  deriveCryptogramKey,
  deriveScriptKey,
  scriptMac,
} from './emv-crypto.ts';
import { ISSUER_MASTER_KEY, ISSUER_SCRIPT_KEY } from './test-cards.ts';

/** Names a card to its issuer. `sequence` is the PAN sequence number, two digits. */
export interface CardIdentity {
  readonly pan: string;
  readonly sequence: string;
}

function sessionKeyOf(card: CardIdentity, atc: Uint8Array): Uint8Array {
  const cardKey = deriveCardKey(CIPHERS, ISSUER_MASTER_KEY, card.pan, card.sequence);
  return deriveCryptogramKey(CIPHERS, cardKey, atc);
}

/** Whether the cryptogram in this field 55 is the card's. Throws `ProtocolError` when a tag is missing. */
export function cryptogramIsGenuine(card: CardIdentity, chipData: Uint8Array): boolean {
  const tags = chipTags(chipData);
  const sessionKey = sessionKeyOf(card, requiredTag(tags, '9F36'));
  return equalBytes(requiredTag(tags, '9F26'), applicationCryptogram(CIPHERS, sessionKey, arqcInput(tags)));
}

/** Value of tag 91 by method 1: the ARPC for this response code, then the code. 10 bytes. */
export function issuerAuthenticationData(card: CardIdentity, chipData: Uint8Array, responseCode: string): Uint8Array {
  const tags = chipTags(chipData);
  const code = bytesOfLatin1(responseCode);
  const sessionKey = sessionKeyOf(card, requiredTag(tags, '9F36'));
  return concatBytes(arpcMethod1(CIPHERS, sessionKey, requiredTag(tags, '9F26'), code), code);
}

/** Script commands that the test cards know, by their header: class, instruction, P1, P2, length of the MAC. */
const SCRIPT_HEADERS = {
  blockApplication: hex('84 1E 00 00 08'),
  unblockApplication: hex('84 18 00 00 08'),
  unblockPin: hex('84 24 00 00 08'),
} as const;
export type IssuerScriptCommand = keyof typeof SCRIPT_HEADERS;

/**
 * An issuer script of one command as a whole template 72 (run after the second cryptogram) or 71 (before it).
 *
 * @param scriptId tag 9F18, 4 bytes; the terminal reports it back in DF31
 */
export function issuerScript(
  card: CardIdentity,
  chipData: Uint8Array,
  command: IssuerScriptCommand,
  scriptId: Uint8Array = hex('00 00 00 01'),
  template: '71' | '72' = '72',
): Uint8Array {
  const tags = chipTags(chipData);
  const cryptogram = requiredTag(tags, '9F26');
  const cardKey = deriveCardKey(CIPHERS, ISSUER_SCRIPT_KEY, card.pan, card.sequence);
  const header = SCRIPT_HEADERS[command];
  const mac = scriptMac(CIPHERS, deriveScriptKey(CIPHERS, cardKey, cryptogram), {
    header,
    atc: requiredTag(tags, '9F36'),
    cryptogram,
  });
  const children = [
    { tag: '9F18', value: scriptId },
    { tag: '86', value: concatBytes(header, mac) },
  ];
  return encodeTlv([{ tag: template, children }]);
}
