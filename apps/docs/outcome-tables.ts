import { formatYuan } from '../../firmware/base/fen.ts';
import { TEST_CARDS, type TestCard } from '../../hal-mock/cards/test-cards.ts';
import { AMOUNT_OUTCOMES } from '../../simulator/acquirer/outcomes.ts';
import { WALLET_CUSTOMERS, type WalletCustomer } from '../../simulator/wallet/customers.ts';
import { WALLET_AMOUNT_OUTCOMES } from '../../simulator/wallet/outcomes.ts';
import { tableOf, withSection } from './page.ts';

function amountTable(
  outcomes: readonly { readonly fenEnding: string; readonly zh: string; readonly en: string }[],
): string {
  return tableOf(
    ['amount ends in', 'what happens', '中文'],
    outcomes.map(({ fenEnding, zh, en }) => [`.${fenEnding}`, en, zh]),
  );
}

function cardTable(): string {
  const rows = TEST_CARDS.map((card) => [
    `\`${card.id}\``,
    card.en,
    card.zh,
    card.interfaces.join(', '),
    `${card.scheme === 'unionPay' ? '' : `${card.scheme} `}${card.account}`,
    `${card.expiry.slice(0, 2)}/${card.expiry.slice(2)}`,
    moneyOf(card),
  ]);
  return tableOf(['card', 'what it is', '中文', 'ways', 'account', 'expires', 'available / per sale (yuan)'], rows);
}

function moneyOf({ availableFen, saleLimitFen }: TestCard): string {
  return `${formatYuan(availableFen)} / ${formatYuan(saleLimitFen)}`;
}

function customerTable(): string {
  const rows = WALLET_CUSTOMERS.map((customer) => [
    `\`${customer.id}\``,
    customer.en,
    customer.zh,
    customer.code,
    huabeiOf(customer),
  ]);
  return tableOf(['customer', 'who it is', '中文', 'pay code', 'Huabei line (yuan)'], rows);
}

function huabeiOf({ huabeiLimitFen }: WalletCustomer): string {
  return huabeiLimitFen === undefined ? '–' : formatYuan(huabeiLimitFen);
}

/** The page of the tester with the outcome tables as the simulators have them. */
export function withOutcomeTables(page: string): string {
  const tables = {
    'acquirer amounts': amountTable(AMOUNT_OUTCOMES),
    'test cards': cardTable(),
    'wallet amounts': amountTable(WALLET_AMOUNT_OUTCOMES),
    'wallet customers': customerTable(),
  };
  return Object.entries(tables).reduce((text, [name, table]) => withSection(text, name, table), page);
}
