import { TEST_CARDS } from '../../hal-mock/cards/test-cards.ts';
import { HOST_FAULTS, WALLET_CALLS, WALLET_FAULTS } from '../../simulator/scenario/format.ts';
import type { CardInTray, Catalogue, PhoneInTray } from '../../visualizer/model/page-protocol.ts';
import { PHONE_WALLETS } from '../console/phones.ts';

/** Standing still, life, and as fast as eyes can follow. */
const SPEEDS = [0, 0.25, 1, 5, 20, 60];

const TOUCHES = { chip: 'insert', tap: 'tap', swipe: 'swipe' } as const;

const WALLET_IDS = ['alipay', 'wechat', 'jd', 'unionpay'] as const;

/** What lies on the counter: the cards and phones of the simulated world, and everything that can go wrong in it. */
export const CATALOGUE: Catalogue = {
  cards: TEST_CARDS.map(({ id, zh, en, pin, interfaces }): CardInTray => ({
    id,
    zh,
    en,
    pin,
    interfaces: interfaces.map((each) => TOUCHES[each]),
  })),
  phones: PHONE_WALLETS.flatMap(({ phones }, index) =>
    phones.map(({ id, zh, en, host, number }): PhoneInTray => {
      const wallet = WALLET_IDS[index] ?? 'unionpay';
      const name = `${wallet}/${id}`;
      return { name, wallet, zh, en, hasApp: host !== undefined, ...(number === undefined ? {} : { number }) };
    }),
  ),
  faults: {
    acquirer: HOST_FAULTS,
    wallet: WALLET_FAULTS,
    walletCalls: WALLET_CALLS,
    devices: ['cardReader', 'pinPad', 'scanner', 'printer', 'signaturePad'],
  },
  speeds: SPEEDS,
};
