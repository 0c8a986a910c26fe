import { ProtocolError } from '../base/protocol-error.ts';
import { HalError } from '../hal/index.ts';
import { parseSignOnResponse, signOnRequest } from '../protocol/cup/messages.ts';
import { parseSignOnKeys } from '../protocol/cup/sign-on-keys.ts';
import type { SignOnProblem } from '../screens/screen-params.ts';
import type { Services } from '../services.ts';
import { checkReply, sealMessage } from './acquirer-channel.ts';
import type { Effect } from './effect.ts';

export type SignOnOutcome =
  | { readonly kind: 'signedOn' }
  /** The secure device has nothing to decipher working keys with: the host cannot help. */
  | { readonly kind: 'noMasterKey' }
  | { readonly kind: 'failed'; readonly reason: SignOnProblem; readonly responseCode: string | undefined };

const failed = (reason: SignOnProblem, responseCode?: string): SignOnOutcome => ({
  kind: 'failed',
  reason,
  responseCode,
});

/**
 * Sign-on 签到: fetches working keys and batch number. Every key is taken only with its check value; when one is
 * refused all are forgotten, because half a set of new keys is worth nothing.
 */
export const signOn: Effect<SignOnOutcome, undefined> = async (services) => {
  const { ports, settings, journal } = services;
  const stan = journal.takeStan();
  const { terminalId, merchantId, operator, licence, serial } = settings;
  const scheme = settings.acquirer.signOnScheme;
  const request = signOnRequest({
    stan,
    terminalId,
    merchantId,
    batch: journal.state.batch,
    scheme,
    operator,
    licence,
    serial,
  });
  const frame = await sealMessage(services, request);
  await journal.append({ type: 'signOnIntent', stan });
  const exchange = await ports.acquirer.exchange(frame, settings.acquirer.replyDeadlineMs);
  const reply = await checkReply(services, request, exchange);
  if (reply.kind === 'notSent') return failed('notSent');
  if (reply.kind === 'unknown') return failed('noAnswer');
  if (reply.kind !== 'trusted') return failed('untrusted');
  try {
    const answer = parseSignOnResponse(reply.message);
    if (answer.kind === 'refused') return failed('refused', answer.responseCode);
    const refusal = await loadKeys(services, parseSignOnKeys(scheme, answer.keys));
    if (refusal !== undefined) return refusal;
    await journal.append({ type: 'signedOn', batch: answer.batch });
    return { kind: 'signedOn' };
  } catch (error) {
    if (error instanceof ProtocolError) return failed('untrusted');
    if (error instanceof HalError && error.device !== 'journal') return failed('badKeys');
    throw error;
  }
};

async function loadKeys(
  { ports }: Services,
  keys: ReturnType<typeof parseSignOnKeys>,
): Promise<SignOnOutcome | undefined> {
  for (const key of keys) {
    const load = await ports.keyStore.loadWorkingKey(key);
    if (load.kind === 'loaded') continue;
    await ports.keyStore.eraseWorkingKeys();
    return load.reason === 'noMasterKey' ? { kind: 'noMasterKey' } : failed('badKeys');
  }
  return undefined;
}
