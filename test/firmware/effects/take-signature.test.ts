import { describe, expect, it } from '@jest/globals';
import { cancelSource } from '../../../firmware/base/cancel.ts';
import { takeSignature } from '../../../firmware/effects/take-signature.ts';
import { cardIntent, cardResult, walletIntent, walletResult } from '../journal/samples.ts';
import { Shop } from '../shop.ts';

const TIMEOUT_MS = 60_000;

/** An approved sale that is signed for, at a terminal with a panel unless told. */
async function asking({ hasPanel = true, isWallet = false } = {}) {
  const shop = await new Shop().signedOn();
  shop.signaturePad.isPresent = hasPanel;
  const { journal } = shop.services;
  const key = { batch: journal.state.batch, stan: journal.takeStan() };
  const records = isWallet
    ? [walletIntent(key), walletResult(key, 'paid')]
    : [{ ...cardIntent(key), verification: 'signature' as const }, cardResult(key, 'approved')];
  for (const record of records) await shop.clock.resolve(journal.append(record));
  shop.tape.length = 0;
  const source = cancelSource();
  const outcome = takeSignature(shop.services, { key, timeoutMs: TIMEOUT_MS }, source.signal);
  outcome.catch(() => undefined);
  await shop.clock.settle();
  return { shop, key, outcome, source, kept: () => shop.services.journal.sale(key).signature };
}

describe('takeSignature', () => {
  it('has the image in the journal, and in no screen', async () => {
    const { shop, outcome, kept } = await asking();
    expect(shop.display.current?.id).toBe('signOnPanel');
    shop.signaturePad.sign();
    expect(await shop.clock.resolve(outcome)).toBe('asked');
    expect(shop.tape).toEqual(['signature']);
    expect(kept()).toMatch(/^[\w+/]{100,2000}=*$/);
    expect(JSON.stringify(shop.display.current)).not.toContain(kept());
  });

  it.each([
    ['is refused', (shop: Shop) => Promise.resolve(shop.signaturePad.refuse())],
    ['is not given in time', (shop: Shop) => shop.clock.advance(TIMEOUT_MS)],
    ['meets a panel that goes', (shop: Shop) => Promise.resolve(shop.signaturePad.unplug())],
  ])('leaves it to the pen when it %s', async (_, act) => {
    const { shop, outcome, kept } = await asking();
    await act(shop);
    expect(await shop.clock.resolve(outcome)).toBe('asked');
    expect(shop.tape).toEqual([]);
    expect(kept()).toBeUndefined();
  });

  it('keeps nothing of what was written when the cashier gave up', async () => {
    const { shop, outcome, source, kept } = await asking();
    source.cancel();
    expect(await shop.clock.resolve(outcome)).toBe('asked');
    expect(kept()).toBeUndefined();
  });

  it.each([
    ['there is no panel', { hasPanel: false }],
    ['a wallet paid', { isWallet: true }],
  ])('shows nothing where %s', async (_, how) => {
    const { shop, outcome } = await asking(how);
    expect(await shop.clock.resolve(outcome)).toBe('onPaper');
    expect(shop.display.current?.id).not.toBe('signOnPanel');
  });

  it('rejects when the journal does not keep it, for which the sale does not fall', async () => {
    const { shop, outcome } = await asking();
    shop.failingAppend = shop.appends;
    shop.signaturePad.sign();
    await expect(shop.clock.resolve(outcome)).rejects.toMatchObject({ device: 'journal' });
  });
});
