import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bytesOfLatin1, hexOf } from '../../firmware/base/bytes.ts';
import { cancelSource, NEVER_CANCELLED } from '../../firmware/base/cancel.ts';
import { chipTags } from '../../hal-mock/cards/chip-data.ts';
import { cryptogramIsGenuine } from '../../hal-mock/cards/issuer.ts';
import { TEST_CARDS, testCard } from '../../hal-mock/cards/test-cards.ts';
import { chipTrack2, stripeTrack2 } from '../../hal-mock/cards/tracks.ts';
import { type CardReaderUnderTest, customerAt, request } from './card-reader-bench.ts';
import { chipCompletionContract } from './card-reader-chip.contract.ts';

export type { CardReaderUnderTest } from './card-reader-bench.ts';

/** Every sentence of the `CardReader` port as a case. */
export function cardReaderContract(name: string, open: () => Promise<CardReaderUnderTest>): void {
  describe(`CardReader: ${name}`, () => {
    let test: CardReaderUnderTest;

    beforeEach(async () => {
      test = await open();
    });

    afterEach(() => test.close());

    const { present, read, revealed } = customerAt(() => test);

    describe('reading', () => {
      it('reads a stripe', async () => {
        const card = testCard('magstripe-only');
        const data = await read('swipe', card);
        expect(data).toMatchObject({
          interface: 'swipe',
          expiry: card.expiry,
          serviceCode: '120',
          cardSequence: undefined,
          chipDataRef: undefined,
          chip: undefined,
        });
        expect(revealed(data.panRef)).toBe(card.pan);
        expect(revealed(data.track2Ref)).toBe(stripeTrack2(card));
      });

      it.each(['debit', 'credit', 'foreign'])('reads the chip of %s up to a genuine first cryptogram', async (id) => {
        const card = testCard(id);
        const data = await read('insert', card);
        expect(data).toMatchObject({
          interface: 'chip',
          expiry: card.expiry,
          serviceCode: card.serviceCode,
          cardSequence: '001',
          chip: { aid: card.aid, applicationLabel: card.label, cryptogramType: 'arqc' },
        });
        expect(revealed(data.panRef)).toBe(card.pan);
        expect(revealed(data.track2Ref)).toBe(chipTrack2(card));
        const chipData = bytesOfLatin1(revealed(data.chipDataRef));
        expect(cryptogramIsGenuine(card, chipData)).toBe(true);
        expect(hexOf(chipTags(chipData).get('9F26') ?? new Uint8Array())).toBe(data.chip?.cryptogram);
      });

      it('reads a card held to the field', async () => {
        const card = testCard('contactless');
        const data = await read('tap', card);
        expect(data.interface).toBe('tap');
        expect(revealed(data.panRef)).toBe(card.pan);
        expect(cryptogramIsGenuine(card, bytesOfLatin1(revealed(data.chipDataRef)))).toBe(true);
      });

      it('puts the request tags of field 55 into the vault, in the order of the host rules', async () => {
        const data = await read('insert', testCard('debit'), { amountFen: 123_456 });
        const tags = chipTags(bytesOfLatin1(revealed(data.chipDataRef)));
        expect([...tags.keys()].join(' ')).toBe(
          '9F26 9F27 9F10 9F37 9F36 95 9A 9C 9F02 5F2A 82 9F1A 9F03 9F33 9F34 9F35 9F1E 84 9F09 9F41',
        );
        const values = ['9F02', '9A', '9C', '5F2A', '9F1A'].map((tag) => hexOf(tags.get(tag) ?? new Uint8Array()));
        expect(values).toEqual(['000000123456', '261121', '00', '0156', '0156']);
      });

      it('lets out references and masked forms only', async () => {
        for (const [how, id] of [
          ['swipe', 'magstripe-only'],
          ['insert', 'debit'],
          ['tap', 'contactless'],
        ] as const) {
          const card = testCard(id);
          const data = await read(how, card);
          test.controls.pull();
          expect(data.maskedPan).toBe(`629999${'*'.repeat(card.pan.length - 10)}${card.pan.slice(-4)}`);
          expect(JSON.stringify(data)).not.toContain(card.pan.slice(4, -4));
        }
      });

      it.each([
        ['insert', 'debit', 8800, 'onlinePin'],
        ['insert', 'credit-signature', 8800, 'signature'],
        ['tap', 'contactless', 99_999, 'none'],
        ['tap', 'contactless', 100_000, 'onlinePin'],
        ['tap', 'phone', 100_000, 'onDevice'],
      ] as const)('reports how the kernel verifies: %s %s over %i fen is %s', async (how, id, amountFen, expected) => {
        expect((await read(how, testCard(id), { amountFen })).verification).toBe(expected);
      });

      it('counts the transactions of a chip', async () => {
        const first = await read('insert', testCard('debit'));
        test.controls.pull();
        const second = await read('insert', testCard('debit'));
        expect(Number.parseInt(second.chip?.atc ?? '', 16)).toBe(Number.parseInt(first.chip?.atc ?? '', 16) + 1);
      });

      it('reports a card that declines offline as read, with an AAC', async () => {
        const data = await read('insert', testCard('refuses-offline'));
        expect(data.chip?.cryptogramType).toBe('aac');
      });

      it('reads a card that was in the slot before', async () => {
        test.controls.insert(testCard('debit'));
        const reading = await test.until(test.reader.readCard(request(), NEVER_CANCELLED));
        expect(reading).toMatchObject({ kind: 'read', card: { interface: 'chip' } });
      });

      it('gives the same card on another try', async () => {
        const first = await read('insert', testCard('debit'));
        const again = await test.until(test.reader.readCard(request(), NEVER_CANCELLED));
        expect(again).toMatchObject({ kind: 'read', card: { maskedPan: first.maskedPan } });
      });
    });

    describe('what is not read', () => {
      it('lets a swipe and a tap pass while nobody asks', async () => {
        test.controls.swipe(testCard('magstripe-only'));
        test.controls.tap(testCard('contactless'));
        expect(await test.until(test.reader.readCard(request({ timeoutMs: 1000 }), NEVER_CANCELLED))).toEqual({
          kind: 'timedOut',
        });
        expect(test.vault.count()).toBe(0);
      });

      it('takes a card only on the interfaces that were asked for', async () => {
        const reading = test.reader.readCard(request({ accept: ['chip'] }), NEVER_CANCELLED);
        await test.untilTrue(() => test.controls.waitingFor.length > 0);
        expect(test.controls.waitingFor).toEqual(['chip']);
        test.controls.tap(testCard('contactless'));
        test.controls.swipe(testCard('magstripe-only'));
        test.controls.insert(testCard('debit'));
        expect(await test.until(reading)).toMatchObject({ kind: 'read', card: { interface: 'chip' } });
      });

      it('ends by itself after the time that was asked for', async () => {
        const startedMs = test.clock.monotonicMs();
        expect(await test.until(test.reader.readCard(request({ timeoutMs: 1300 }), NEVER_CANCELLED))).toEqual({
          kind: 'timedOut',
        });
        expect(test.clock.monotonicMs() - startedMs).toBeGreaterThanOrEqual(1300);
      });

      it.each([
        ['swipe', 'worn-stripe', 'badSwipe'],
        ['insert', 'chip-mute', 'chipMute'],
        ['insert', 'magstripe-only', 'chipMute'],
        ['insert', 'chip-blocked', 'blocked'],
        ['insert', 'chip-unsupported', 'unsupported'],
        ['tap', 'tap-wants-chip', 'useChip'],
        ['tap', 'expired', 'expired'],
      ] as const)('says why: %s of %s is %s', async (how, id, reason) => {
        const via = { swipe: 'swipe', insert: 'chip', tap: 'tap' }[how];
        expect(await present(how, testCard(id))).toEqual({ kind: 'unreadable', interface: via, reason });
        expect(test.vault.count()).toBe(0);
      });

      it('says that two cards were in the field', async () => {
        const reading = test.reader.readCard(request(), NEVER_CANCELLED);
        await test.untilTrue(() => test.controls.waitingFor.length > 0);
        test.controls.tapTwo(testCard('contactless'), testCard('phone'));
        expect(await test.until(reading)).toEqual({ kind: 'unreadable', interface: 'tap', reason: 'collision' });
      });

      it('notices a chip that is pulled while it is read', async () => {
        const reading = test.reader.readCard(request(), NEVER_CANCELLED);
        await test.untilTrue(() => test.controls.waitingFor.length > 0);
        test.controls.insert(testCard('debit'));
        await test.pass(500);
        test.controls.pull();
        expect(await test.until(reading)).toEqual({ kind: 'unreadable', interface: 'chip', reason: 'removed' });
      });

      it('reads at the second try what was mute at the first', async () => {
        test.controls.failNextChip();
        expect(await present('insert', testCard('debit'))).toMatchObject({ kind: 'unreadable', reason: 'chipMute' });
        expect(await test.until(test.reader.readCard(request(), NEVER_CANCELLED))).toMatchObject({ kind: 'read' });
      });
    });

    describe('cancelling', () => {
      it('ends the wait and leaves the reader idle and usable', async () => {
        const cancel = cancelSource();
        const reading = test.reader.readCard(request(), cancel.signal);
        await test.untilTrue(() => test.controls.waitingFor.length > 0);
        cancel.cancel();
        expect(await test.until(reading)).toEqual({ kind: 'cancelled' });
        expect(test.controls.waitingFor).toEqual([]);
        test.controls.swipe(testCard('magstripe-only'));
        expect((await read('tap', testCard('contactless'))).interface).toBe('tap');
      });

      it('reads nothing when it was cancelled before', async () => {
        const cancel = cancelSource();
        cancel.cancel();
        test.controls.insert(testCard('debit'));
        expect(await test.until(test.reader.readCard(request(), cancel.signal))).toEqual({ kind: 'cancelled' });
        expect(test.vault.count()).toBe(0);
      });

      it('in the middle of a chip gives the card or a cancel, and the next reading is not mixed up with it', async () => {
        const cancel = cancelSource();
        const reading = test.reader.readCard(request(), cancel.signal);
        await test.untilTrue(() => test.controls.waitingFor.length > 0);
        test.controls.insert(testCard('debit'));
        await test.pass(400);
        cancel.cancel();
        expect(['read', 'cancelled']).toContain((await test.until(reading)).kind);
        test.controls.pull();
        expect(revealed((await read('tap', testCard('phone'))).panRef)).toBe(testCard('phone').pan);
      });
    });

    chipCompletionContract(() => test);

    describe('trouble', () => {
      it('does one thing at a time', async () => {
        const cancel = cancelSource();
        const reading = test.reader.readCard(request(), cancel.signal);
        const busy = { name: 'HalError', kind: 'busy', device: 'cardReader', retriable: true };
        await expect(test.reader.readCard(request(), NEVER_CANCELLED)).rejects.toMatchObject(busy);
        await expect(test.reader.waitForRemoval(1000, NEVER_CANCELLED)).rejects.toMatchObject(busy);
        cancel.cancel();
        expect(await test.until(reading)).toEqual({ kind: 'cancelled' });
      });

      it('says that it is gone, and works again after it came back', async () => {
        const reading = test.reader.readCard(request(), NEVER_CANCELLED);
        reading.catch(() => undefined);
        await test.untilTrue(() => test.controls.waitingFor.length > 0);
        test.controls.unplug();
        const gone = { name: 'HalError', kind: 'disconnected', device: 'cardReader' };
        await expect(test.until(reading)).rejects.toMatchObject(gone);
        await expect(test.until(test.reader.readCard(request(), NEVER_CANCELLED))).rejects.toMatchObject(gone);
        test.controls.replug();
        await test.untilUsable();
        expect((await read('tap', testCard('contactless'))).interface).toBe('tap');
      });

      it('loses an open chip when it is gone', async () => {
        await read('insert', testCard('debit'));
        test.controls.unplug();
        test.controls.replug();
        await test.untilUsable();
        const answer = { responseCode: '00', issuerData: new Uint8Array() };
        await expect(test.until(test.reader.completeChip(answer))).rejects.toMatchObject({ name: 'HalError' });
      });
    });

    it('names no test card in its errors or results', async () => {
      const texts: string[] = [];
      for (const id of ['chip-mute', 'chip-blocked', 'debit']) {
        texts.push(JSON.stringify(await present('insert', testCard(id))));
        test.controls.pull();
      }
      for (const { pan } of TEST_CARDS) expect(texts.join('\n')).not.toContain(pan);
    });
  });
}
