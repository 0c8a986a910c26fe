import type { TestCard } from '../../hal-mock/cards/test-cards.ts';
import type { SeededRandom } from '../../hal-mock/random.ts';
import type { BookedSale } from './books.ts';
import { SWARM_CARDS } from './hosts.ts';
import { pick } from './parameters.ts';
import type { Station } from './station.ts';

/** Of those who bring something back: has changed their mind, or shows another card. */
const ODD_SHARE = 0.05;

/** A sale of the last days, which somebody brings back. */
export function saleToReturn({ witness }: Station, random: SeededRandom): BookedSale['intent'] | undefined {
  const { sales, settlements } = witness.books;
  const standing = [...sales.values()].filter(
    ({ status, intent }) => status === 'approved' && settlements.isRecent(intent.batch),
  );
  return standing.length === 0 ? undefined : pick(random, standing).intent;
}

/** The card that paid, and the way in which it was read then. */
export function cardToReturn(
  intent: BookedSale['intent'] | undefined,
  random: SeededRandom,
): { readonly card: TestCard; readonly way: 'chip' | 'tap' | 'swipe' } | undefined {
  if (intent?.type !== 'cardIntent' || random.chance(ODD_SHARE)) return undefined;
  const way = intent.entry === 'chip' || intent.entry === 'tap' ? intent.entry : 'swipe';
  const [first, last] = [intent.maskedPan.slice(0, 6), intent.maskedPan.slice(-4)];
  const own = SWARM_CARDS.find(({ pan }) => pan.startsWith(first) && pan.endsWith(last));
  const card = random.chance(ODD_SHARE) ? pick(random, SWARM_CARDS) : own;
  return card === undefined ? undefined : { card, way };
}
