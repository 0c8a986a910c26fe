import { describe, expect, it } from '@jest/globals';
import { bytesOfLatin1, concatBytes } from '../../firmware/base/bytes.ts';
import { cancelSource, NEVER_CANCELLED } from '../../firmware/base/cancel.ts';
import { issuerScript } from '../../hal-mock/cards/issuer.ts';
import { testCard } from '../../hal-mock/cards/test-cards.ts';
import { type CardReaderUnderTest, customerAt, request } from './card-reader-bench.ts';

/** What the port promises after the first cryptogram: the issuer's answer, and the card's way out of the slot. */
export function chipCompletionContract(subject: () => CardReaderUnderTest): void {
  const { approval, read, revealed } = customerAt(subject);

  describe('completing a chip', () => {
    it('accepts an authentic approval', async () => {
      const card = testCard('credit');
      const issuerData = approval(card, await read('insert', card));
      expect(await subject().until(subject().reader.completeChip({ responseCode: '00', issuerData }))).toEqual({
        kind: 'accepted',
        tvr: '0000048000',
        tsi: 'F800',
        scriptResult: undefined,
        // A TC, and what it was made over.
        chipData: expect.stringMatching(/^9F2608[\dA-F]{16}9F2701409F36020001.*95050000048000.*9B02F800$/),
      });
    });

    it('accepts an approval without issuer data', async () => {
      await read('insert', testCard('debit'));
      const answer = { responseCode: '00', issuerData: new Uint8Array() };
      expect(await subject().until(subject().reader.completeChip(answer))).toMatchObject({ kind: 'accepted' });
    });

    it('refuses an approval that is not the issuer’s', async () => {
      const card = testCard('credit');
      const issuerData = approval(card, await read('insert', card));
      issuerData[4] = (issuerData[4] ?? 0) ^ 1;
      expect(await subject().until(subject().reader.completeChip({ responseCode: '00', issuerData }))).toMatchObject({
        kind: 'refused',
        tvr: '0000048040',
      });
    });

    it('reports the card that refuses although all is well', async () => {
      const card = testCard('refuses-after-approval');
      const issuerData = approval(card, await read('insert', card));
      expect(await subject().until(subject().reader.completeChip({ responseCode: '00', issuerData }))).toMatchObject({
        kind: 'refused',
      });
    });

    it.each(['51', 'Z3'])('lets the card refuse when the answer is %s', async (responseCode) => {
      await read('insert', testCard('debit'));
      const answer = { responseCode, issuerData: new Uint8Array() };
      expect(await subject().until(subject().reader.completeChip(answer))).toMatchObject({ kind: 'refused' });
    });

    it('runs an issuer script and reports its result', async () => {
      const card = testCard('credit');
      const data = await read('insert', card);
      const script = issuerScript(card, bytesOfLatin1(revealed(data.chipDataRef)), 'blockApplication');
      const answer = { responseCode: '00', issuerData: concatBytes(approval(card, data), script) };
      expect(await subject().until(subject().reader.completeChip(answer))).toMatchObject({
        kind: 'accepted',
        scriptResult: '2000000001',
      });
      expect(await subject().until(subject().reader.readCard(request(), NEVER_CANCELLED))).toEqual({
        kind: 'unreadable',
        interface: 'chip',
        reason: 'blocked',
      });
    });

    it('says that the card was pulled before', async () => {
      const card = testCard('debit');
      const issuerData = approval(card, await read('insert', card));
      subject().controls.pull();
      expect(await subject().until(subject().reader.completeChip({ responseCode: '00', issuerData }))).toEqual({
        kind: 'removed',
      });
    });

    it('says so too when the card came back, because its transaction is lost', async () => {
      const card = testCard('debit');
      const issuerData = approval(card, await read('insert', card));
      subject().controls.pull();
      subject().controls.insert(card);
      expect(await subject().until(subject().reader.completeChip({ responseCode: '00', issuerData }))).toEqual({
        kind: 'removed',
      });
    });

    it('answers once for each reading, and only for a chip in the slot', async () => {
      const answer = { responseCode: '00', issuerData: new Uint8Array() };
      const unsupported = { name: 'HalError', kind: 'unsupported', device: 'cardReader' };
      await expect(subject().until(subject().reader.completeChip(answer))).rejects.toMatchObject(unsupported);
      await read('insert', testCard('debit'));
      await subject().until(subject().reader.completeChip(answer));
      await expect(subject().until(subject().reader.completeChip(answer))).rejects.toMatchObject(unsupported);
      subject().controls.pull();
      await read('tap', testCard('contactless'));
      await expect(subject().until(subject().reader.completeChip(answer))).rejects.toMatchObject(unsupported);
    });

    it('rejects issuer data that are no TLV, and reads the next card', async () => {
      await read('insert', testCard('debit'));
      const answer = { responseCode: '00', issuerData: new Uint8Array([0x91, 0x7f]) };
      await expect(subject().until(subject().reader.completeChip(answer))).rejects.toMatchObject({ kind: 'protocol' });
      subject().controls.pull();
      expect((await read('tap', testCard('contactless'))).interface).toBe('tap');
    });
  });

  describe('waiting for removal', () => {
    it('resolves at once with an empty slot', async () => {
      expect(await subject().until(subject().reader.waitForRemoval(30_000, NEVER_CANCELLED))).toBe('removed');
    });

    it('resolves when the card leaves', async () => {
      subject().controls.insert(testCard('debit'));
      let settled = false;
      const removal = subject()
        .reader.waitForRemoval(30_000, NEVER_CANCELLED)
        .finally(() => {
          settled = true;
        });
      await subject().pass(700);
      expect(settled).toBe(false);
      subject().controls.pull();
      expect(await subject().until(removal)).toBe('removed');
    });

    it('gives up after its time, and when it is cancelled', async () => {
      subject().controls.insert(testCard('debit'));
      expect(await subject().until(subject().reader.waitForRemoval(800, NEVER_CANCELLED))).toBe('timedOut');
      const cancel = cancelSource();
      const removal = subject().reader.waitForRemoval(30_000, cancel.signal);
      await subject().pass(400);
      cancel.cancel();
      expect(await subject().until(removal)).toBe('cancelled');
    });
  });
}
