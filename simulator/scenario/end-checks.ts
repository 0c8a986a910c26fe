import { openItems, refundedFen } from '../../firmware/journal/fold.ts';
import { TEST_CARDS } from '../../hal-mock/cards/test-cards.ts';
import { secretsOfPeople } from './people.ts';
import type { World } from './world.ts';

const AT_REST = ['terminal.idle', 'terminal.activating', 'terminal.signedOff', 'terminal.outOfService'];
const REST_WITHIN_MS = 180_000;

/** Whether no sale is in the terminal's hands. */
export function isAtRest(world: World): boolean {
  return AT_REST.includes(world.terminal().statePath());
}

/**
 * What must hold after every scenario, whatever it was about: the terminal is at rest, its books and the hosts' agree
 * to the fen, and no card number, pay code or account stands on a screen, on paper or in the journal.
 */
export async function checkAtEnd(world: World): Promise<string[]> {
  const failures: string[] = [];
  if (!(await world.time.until(() => isAtRest(world), REST_WITHIN_MS))) {
    failures.push(`at the end the terminal is still in ${world.terminal().statePath()}`);
  }
  failures.push(...bookDifferences(world), ...(await leaks(world)));
  return failures;
}

/** What must hold at any moment, in the middle of a sale too. */
export function checkAnywhere(world: World): Promise<string[]> {
  return leaks(world);
}

function bookDifferences(world: World): string[] {
  const journal = world.terminal().journalState();
  if (openItems(journal).length > 0) return [];
  const standing = [...journal.sales.values()].filter(({ status }) => status === 'approved');
  const sumFen = (type: 'cardIntent' | 'walletIntent'): number =>
    standing
      .filter(({ intent }) => intent.type === type)
      .reduce((sum, { key, intent }) => sum + intent.amountFen - refundedFen(journal, key), journal.forgottenFen[type]);
  const failures: string[] = [];
  const books = [
    ['acquirer', world.acquirer.netFen(), sumFen('cardIntent')],
    ['wallets', world.wallets.netFen(), sumFen('walletIntent')],
  ] as const;
  for (const [name, hostFen, terminalFen] of books) {
    if (hostFen !== terminalFen) failures.push(`the ${name} has ${hostFen} fen, the terminal ${terminalFen} fen`);
  }
  return failures;
}

async function leaks(world: World): Promise<string[]> {
  const secrets = [...TEST_CARDS.map(({ pan }) => pan), ...secretsOfPeople()];
  const places = {
    'a screen': JSON.stringify(world.screens()),
    'the paper': world.printer.paper.lines().join('\n'),
    'the journal': (await world.journalTexts()).join('\n'),
  };
  return Object.entries(places)
    .filter(([, text]) => secrets.some((secret) => text.includes(secret)))
    .map(([place]) => `a card number, pay code or account stands in clear on ${place}`);
}
