import type { JournalState } from '../journal/fold.ts';

/** Why a terminal must not be replaced by another version now. */
export type UpdateObstacle =
  | 'starting'
  | 'journalUnknown'
  | 'sale'
  | 'menu'
  | 'settlement'
  | 'openItem'
  | 'openReversal'
  | 'uploadOwed'
  | 'notForwarded';

/** What goes on in each state of the terminal that is not at rest; every state that is not named here counts as a sale. */
const UNDER_WAY: Readonly<Record<string, UpdateObstacle | undefined>> = {
  booting: 'starting',
  signingOn: 'starting',
  usingMenu: 'menu',
  settling: 'settlement',
  activating: undefined,
  signedOff: undefined,
  recoveryWaiting: undefined,
  announcing: undefined,
  idle: undefined,
  settlementRefused: undefined,
  outOfService: undefined,
};

function underWay(statePath: string): UpdateObstacle | undefined {
  const state = /^terminal\.(\w+)/.exec(statePath)?.[1] ?? '';
  return Object.hasOwn(UNDER_WAY, state) ? UNDER_WAY[state] : 'sale';
}

/**
 * Everything that speaks against an update now; nothing means that this is the moment. The journal outlives an update, so
 * this is no matter of losing money, but of never changing the program while a host or a customer waits for it.
 *
 * @param journalIsKnown whether the journal was opened and is whole
 */
export function updateObstacles(
  statePath: string,
  journalIsKnown: boolean,
  journal: Readonly<Pick<JournalState, 'open' | 'openRefunds' | 'stored' | 'settlement'>>,
): readonly UpdateObstacle[] {
  const going = underWay(statePath);
  const items = [...journal.open, ...journal.openRefunds];
  const reversing = items.filter(({ status }) => status === 'reversing' || status === 'cancelling');
  const found: (UpdateObstacle | false | undefined)[] = [
    going,
    going !== 'starting' && !journalIsKnown && 'journalUnknown',
    items.length > reversing.length && 'openItem',
    reversing.length > 0 && 'openReversal',
    journal.settlement.progress?.answer !== undefined && 'uploadOwed',
    journal.stored.size > 0 && 'notForwarded',
  ];
  return found.filter((obstacle) => obstacle !== false && obstacle !== undefined);
}
