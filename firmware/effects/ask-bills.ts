import { latin1Of } from '../base/bytes.ts';
import { isFen } from '../base/fen.ts';
import { invariant, present } from '../base/invariant.ts';
import type { VaultRef } from '../hal/index.ts';
import type { SaleKey } from '../journal/records.ts';
import type { Bill, BillSubject } from '../protocol/wallet/wallet-api.ts';
import type { WalletHost } from '../protocol/wallet/web-message.ts';
import { accountOf } from '../rules/baitiao.ts';
import type { BillProblem } from '../screens/screen-params.ts';
import type { Services } from '../services.ts';
import type { Effect } from './effect.ts';
import { askWallet, type WalletReply } from './wallet-channel.ts';
import { hostOf, knownOrder } from './wallet-order.ts';

export interface AskBillsInput {
  /** A sale by a wallet, or else the customer's account. */
  readonly original: SaleKey | undefined;
  readonly accountRef: VaultRef | undefined;
}

export type AskBillsOutcome =
  | { readonly kind: 'bills'; readonly bills: readonly Bill[] }
  | { readonly kind: 'problem'; readonly reason: BillProblem };

const problem = (reason: BillProblem): AskBillsOutcome => ({ kind: 'problem', reason });

/** Everything else that a host can say is no answer to the question. */
const PROBLEMS: Readonly<Partial<Record<WalletReply['kind'], BillProblem>>> = {
  notServed: 'notServed',
  notFound: 'none',
  failed: 'refused',
  mismatch: 'notTrusted',
};

/** Asks a wallet's host what is owed. Nothing is journaled, and bills whose numbers do not add up are not shown. */
export const askBills: Effect<AskBillsOutcome, AskBillsInput> = async (services, input) => {
  const asked = subjectOfBills(services, input);
  if (asked === undefined) return problem('badAccount');
  const answer = await askWallet(services, asked.host, { kind: 'bills', subject: asked.subject });
  if (answer.kind === 'bills') {
    return answer.bills.every(isSound) ? { kind: 'bills', bills: answer.bills } : problem('notTrusted');
  }
  return problem(PROBLEMS[answer.kind] ?? 'unreachable');
};

interface Asked {
  readonly host: WalletHost;
  readonly subject: BillSubject;
}

/** JD alone names customers by an account. */
function subjectOfBills({ ports, journal }: Services, { original, accountRef }: AskBillsInput): Asked | undefined {
  if (original !== undefined) {
    const { intent } = journal.sale(original);
    invariant(intent.type === 'walletIntent', 'only a wallet has bills');
    return { host: hostOf(intent), subject: { kind: 'order', order: knownOrder(intent) } };
  }
  const ref = present(accountRef, 'bills are those of a sale or of an account');
  const account = accountOf(latin1Of(ports.vault.reveal(ref)));
  ports.vault.wipe(ref);
  return 'problem' in account ? undefined : { host: 'jd', subject: { kind: 'account', account } };
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Periods count up, and each has a day and an amount. Whether they make the amount of the order depends on fee and refunds. */
function isSound({ amountFen, periods }: Bill): boolean {
  const inOrder = periods.every(({ period }, index) => index === 0 || period > (periods[index - 1]?.period ?? 0));
  return isFen(amountFen) && inOrder && periods.every((each) => isFen(each.amountFen) && DAY.test(each.dueDate));
}
