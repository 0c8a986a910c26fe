import { textField } from '../../firmware/protocol/iso8583/index.ts';
import { TEST_CARDS } from '../../hal-mock/cards/test-cards.ts';
import { chipTrack2, stripeTrack2 } from '../../hal-mock/cards/tracks.ts';
import { CUSTOMER_SECRETS } from './customers.ts';
import { SWARM_CARDS } from './hosts.ts';
import { invariant, type Invariant } from './predicate.ts';

/** A card has 13 to 19 digits and a pay code 16 to 24; order and trade numbers are longer or the terminal's own. */
const SECRETS = new RegExp(`${TEST_CARDS.map(({ pan }) => pan).join('|')}|${CUSTOMER_SECRETS}`);
const CLEAR_TRACKS: ReadonlySet<string> = new Set(
  SWARM_CARDS.flatMap((card) => [stripeTrack2(card), chipTrack2(card)]),
);

function noSecret(place: string, text: string): string | undefined {
  return SECRETS.test(text) ? `a card number, pay code or phone number stands in clear ${place}` : undefined;
}

/** In a text of the record or screen; amounts are numbers, which may have the digits of a code by chance. */
function holdsSmsCode(text: string, codes: ReadonlySet<string>): boolean {
  if (codes.size === 0) return false;
  const code = new RegExp(`(?<![\\d.,¥])(?:${[...codes].join('|')})(?![\\d.,])`);
  return (text.match(/"[^"]*"/g) ?? []).some((each) => code.test(each));
}

/** What nobody may read; the numbers are those of the list of invariants in `docs/reliability.md`. */
export const SECRET_INVARIANTS: readonly Invariant[] = [
  invariant('I17', 'record', 'no card number in the journal', ({ text }) => noSecret('in the journal', text)),
  invariant('I17', 'screen', 'no card number on the screen', ({ screen }) =>
    noSecret('on the screen', `${screen.title} ${screen.lines.join(' ')} ${Object.values(screen.params).join(' ')}`),
  ),
  invariant('I17', 'slip', 'no card number on paper', ({ text }) => noSecret('on paper', text)),
  invariant('I17', 'record', 'no SMS code in the journal', ({ text }, { smsCodesInHand }) =>
    holdsSmsCode(text, smsCodesInHand) ? 'an SMS code stands in the journal' : undefined,
  ),
  invariant('I17', 'screen', 'no SMS code on the screen', ({ screen }, { smsCodesInHand }) =>
    holdsSmsCode(`"${screen.title} ${screen.lines.join(' ')}"`, smsCodesInHand)
      ? 'an SMS code stands on the screen'
      : undefined,
  ),
  invariant('I17', 'slip', 'no SMS code on paper', ({ text }, { smsCodesInHand }) =>
    holdsSmsCode(`"${text.replaceAll('"', '')}"`, smsCodesInHand) ? 'an SMS code stands on paper' : undefined,
  ),
  invariant('I17', 'rest', 'no secret is kept at rest', ({ secrets }) =>
    secrets > 0 ? `${secrets} secrets in the vault` : undefined,
  ),
  invariant('I18', 'cardRequest', 'no track leaves in clear', ({ message }) =>
    CLEAR_TRACKS.has(textField(message, 35) ?? '') ? 'a track leaves in clear' : undefined,
  ),
];
