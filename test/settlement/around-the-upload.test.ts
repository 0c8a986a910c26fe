import { describe, expect, it } from '@jest/globals';
import { createActor, fromPromise, waitFor } from 'xstate';
import { owedCopies } from '../../firmware/journal/fold.ts';
import { NEVER_CANCELLED } from '../../firmware/base/cancel.ts';
import { hexOf } from '../../firmware/base/bytes.ts';
import { chipEvidence } from '../../firmware/effects/chip-evidence.ts';
import { closeBatch } from '../../firmware/effects/close-batch.ts';
import { closeByHand } from '../../firmware/effects/close-by-hand.ts';
import { findOpen, type FindOpenOutcome } from '../../firmware/effects/find-open.ts';
import { printCopy, type PrintCopyInput, type PrintCopyOutcome } from '../../firmware/effects/print-copy.ts';
import { printSettlement } from '../../firmware/effects/print-settlement.ts';
import { type ReversalOutcome, sendReversal } from '../../firmware/effects/send-reversal.ts';
import { sendScriptNotice } from '../../firmware/effects/send-script-notice.ts';
import type { Effect } from '../../firmware/effects/effect.ts';
import { settleTotals } from '../../firmware/effects/settle-totals.ts';
import { uploadBatch } from '../../firmware/effects/upload-batch.ts';
import type { ReceiptPrinter } from '../../firmware/hal/index.ts';
import type { SaleKey } from '../../firmware/journal/records.ts';
import { bytesField } from '../../firmware/protocol/iso8583/index.ts';
import { pendingMachine } from '../../firmware/recovery/pending.machine.ts';
import { receiptMachine } from '../../firmware/transaction/receipt.machine.ts';
import { settleMachine } from '../../firmware/settlement/settle.machine.ts';
import { TIMING } from '../firmware/machines/samples.ts';
import { reportOf, SettlingShop, TERMINAL } from './settling-shop.ts';

describe('script notices', () => {
  it('tell each issuer once, and are told again as long as nobody answers', async () => {
    const shop = await new SettlingShop().open();
    const key = await shop.sell({ how: 'chip', evidence: 'script' });
    shop.acquirer.faults.inject({ kind: 'dropReply', mti: '0620' });
    expect(await shop.run(sendScriptNotice, undefined)).toEqual({ kind: 'unanswered' });
    await shop.restart();
    expect(await shop.run(sendScriptNotice, undefined)).toEqual({ kind: 'told', left: 0 });
    expect(await shop.run(sendScriptNotice, undefined)).toEqual({ kind: 'none' });
    expect(shop.acquirer.settlements(TERMINAL).scripts()).toEqual([{ ...key, result: '2000000001' }]);
  });

  it('are not believed to be told by an answer with a wrong MAC', async () => {
    const shop = await new SettlingShop().open();
    await shop.sell({ how: 'chip', evidence: 'script' });
    shop.acquirer.faults.inject({ kind: 'wrongMac', mti: '0620' });
    expect(await shop.run(sendScriptNotice, undefined)).toEqual({ kind: 'signOnNeeded' });
    expect(await shop.run(sendScriptNotice, undefined)).toEqual({ kind: 'told', left: 0 });
  });

  it('survive the settlement of their batch', async () => {
    const shop = await new SettlingShop().open();
    await shop.sell({ how: 'chip', evidence: 'script' });
    await shop.settle();
    await shop.restart();
    expect(await shop.run(sendScriptNotice, undefined)).toEqual({ kind: 'told', left: 0 });
  });
});

describe('chipEvidence', () => {
  const key = { batch: '000001', stan: 7 };

  it.each([
    ['no TLV', '9F27'],
    ['no hex', 'certificate'],
    ['no cryptogram', '9F270140'],
  ])('is not kept of chip data with %s', (_what, chipData) => {
    expect(chipEvidence(key, chipData)).toBeUndefined();
  });

  it('keeps what field 55 takes, and not the card number or the track', async () => {
    const shop = await new SettlingShop().open();
    await shop.sell({ how: 'chip' });
    const field55 = bytesField(shop.acquirerRequests().at(-1)!, 55) ?? new Uint8Array();
    const kept = chipEvidence(key, `5A0862999920000000215713${'6299'.repeat(9)}62${hexOf(field55)}`);
    expect(kept).toEqual({ type: 'chipEvidence', ...key, scriptRan: false, chipData: hexOf(field55) });
  });

  it('is not kept when field 55 could not hold it', async () => {
    const shop = await new SettlingShop().open();
    await shop.sell({ how: 'chip' });
    const field55 = bytesField(shop.acquirerRequests().at(-1)!, 55) ?? new Uint8Array();
    expect(chipEvidence(key, `${hexOf(field55)}DF3181C8${'20'.repeat(200)}`)).toBeUndefined();
  });
});

describe('closing by hand', () => {
  it('takes an open sale out of the terminal for ever, by name only', async () => {
    const shop = await new SettlingShop().open();
    shop.acquirer.faults.inject({ kind: 'dropReply', mti: '0200' });
    const key = await shop.sell();
    expect(await shop.run(closeByHand, { key, supervisor: '  ' })).toEqual({ kind: 'noName' });
    expect(await shop.run(closeByHand, { key, supervisor: 'Wang' })).toEqual({ kind: 'closed' });
    expect(await shop.run(closeByHand, { key, supervisor: 'Wang' })).toEqual({ kind: 'notOpen' });
    await shop.restart();
    expect(shop.services.journal.state.open.size).toBe(0);
  });

  it('is listed by the next settlement alone', async () => {
    const shop = await new SettlingShop().open();
    shop.acquirer.faults.inject({ kind: 'dropRequest', mti: '0200' });
    const key = await shop.sell();
    await shop.run(closeByHand, { key, supervisor: 'Wang' });
    await shop.settle();
    expect(reportOf(shop).byHand).toHaveLength(1);
    await shop.settle();
    expect(reportOf(shop).byHand).toEqual([]);
  });
});

describe('the settlement slip', () => {
  it('is printed from the journal, and marked when some of it may be on paper already', async () => {
    const shop = await new SettlingShop().open();
    await shop.sell({ amountFen: 12_300 });
    await shop.settle();
    await shop.restart();
    const owedSlips = () => owedCopies(shop.services.journal.state).filter(({ copy }) => copy === 'settlement');
    expect(owedSlips()).toEqual([{ copy: 'settlement', batch: '000001' }]);
    expect(await shop.run(printSettlement, undefined)).toEqual({ kind: 'printed' });
    expect(owedSlips()).toEqual([]);
    expect(shop.slips.at(-1)).toMatch(/结算单[\s\S]*000001[\s\S]*对账平[\s\S]*1笔 ¥123\.00/);
    expect(shop.slips.at(-1)).not.toContain('重打印');
    await shop.run(printSettlement, undefined);
    expect(shop.slips.at(-1)).toContain('重打印');
  });

  it.each([true, false])('that stopped is marked only if some of it may be on paper: %s', async (partial) => {
    const shop = await new SettlingShop().open();
    await shop.settle();
    const { printer } = shop.life;
    const status = { kind: 'ready', paper: 'ok' } as const;
    const stopping: ReceiptPrinter = {
      columns: 32,
      status: () => Promise.resolve(status),
      print: () => Promise.resolve({ kind: 'stoppedAt', reason: 'coverOpen', partial }),
      openDrawer: () => Promise.resolve({ kind: 'stopped', reason: 'coverOpen' }),
    };
    const { services } = shop;
    shop.services = { ...services, ports: { ...services.ports, printer: stopping } };
    expect(await shop.run(printSettlement, undefined)).toEqual({ kind: 'stopped', reason: 'coverOpen' });
    shop.services = { ...services, ports: { ...services.ports, printer } };
    await shop.run(printSettlement, undefined);
    expect(shop.slips.at(-1)?.includes('重打印')).toBe(partial);
  });

  it('stays owed without paper, while the next batch is open', async () => {
    const shop = await new SettlingShop().open();
    await shop.settle();
    shop.life.printer.unplug();
    expect(await shop.run(printSettlement, undefined)).toMatchObject({ kind: 'stopped' });
    expect(shop.services.journal.state).toMatchObject({ batch: '000002', settlement: { last: { slip: 'owed' } } });
  });
});

describe('the chart with its effects', () => {
  /** Runs one settlement as the terminal would. */
  async function settled(shop: SettlingShop) {
    const real = <Output>(effect: Effect<Output, undefined>) =>
      fromPromise<Output, undefined>(() => effect(shop.services, undefined, NEVER_CANCELLED));
    const pending = pendingMachine.provide({
      actors: {
        findOpen: fromPromise<FindOpenOutcome, undefined>(() => findOpen(shop.services, undefined, NEVER_CANCELLED)),
        sendReversal: fromPromise<ReversalOutcome, { key: SaleKey }>(({ input }) =>
          sendReversal(shop.services, input, NEVER_CANCELLED),
        ),
      },
    });
    const machine = settleMachine.provide({
      actors: {
        pending,
        sendScriptNotice: real(sendScriptNotice),
        settleTotals: real(settleTotals),
        uploadBatch: real(uploadBatch),
        closeBatch: real(closeBatch),
        receipt: receiptMachine.provide({
          actors: {
            printCopy: fromPromise<PrintCopyOutcome, PrintCopyInput>(({ input }) =>
              printCopy(shop.services, input, NEVER_CANCELLED),
            ),
          },
        }),
      },
    });
    const actor = createActor(machine, {
      input: { timing: TIMING },
      clock: {
        setTimeout: (callback: () => void, delayMs: number) => shop.clock.setTimeout(callback, delayMs),
        clearTimeout: (timer: object | number) => shop.clock.clearTimeout(timer),
      },
    });
    actor.start();
    const end = await shop.clock.resolve(waitFor(actor, ({ status }) => status === 'done', { timeout: Infinity }));
    return end.output;
  }

  it('reverses what is open, tells issuers, settles through lost answers and prints, in the order of the rules', async () => {
    const shop = await new SettlingShop().open();
    await shop.sell();
    await shop.sell({ how: 'chip', evidence: 'script' });
    shop.acquirer.faults.inject({ kind: 'dropReply', mti: '0200' });
    await shop.sell({ amountFen: 700 });
    shop.acquirer.faults.inject({ kind: 'dropReply', mti: '0500' });
    shop.acquirer.faults.inject({ kind: 'dropReply', mti: '0320' });
    expect(await settled(shop)).toEqual({ kind: 'settled', balanced: true });
    const sent = shop.acquirerRequests().map(({ mti }) => mti);
    // Every message but those of chips and reversals has a number of its own, and keeps it when it is sent again.
    const numbered = shop.acquirerRequests().filter(({ mti, fields }) => mti !== '0400' && fields[62] === undefined);
    const firsts = new Map(numbered.map(({ mti, fields }) => [`${mti} ${String(fields[11])}`, String(fields[11])]));
    expect(new Set(firsts.values()).size).toBe(firsts.size);
    expect(sent.slice(-8)).toEqual(['0200', '0400', '0620', '0500', '0500', '0320', '0320', '0320']);
    expect(reportOf(shop).totals.card.domestic).toMatchObject({ debitFen: 20_000, debitCount: 2 });
    expect(shop.slips.at(-1)).toContain('结算单');
  });
});
