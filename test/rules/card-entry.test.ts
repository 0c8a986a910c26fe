import { describe, expect, it } from '@jest/globals';
import type {
  CardData,
  CardInterface,
  CardReading,
  ChipDetails,
  UnreadableReason,
} from '../../firmware/hal/card-reader.ts';
import { afterReading, type EntryStep } from '../../firmware/rules/card-entry.ts';
import { rowsOf } from './text-table.ts';

const CHIP: ChipDetails = {
  aid: 'A000000333010102',
  applicationLabel: 'UnionPay Credit',
  cryptogram: '8F3A1C2244D0B7E9',
  cryptogramType: 'arqc',
  tvr: '0000000000',
  tsi: 'E800',
  atc: '0012',
};

function card(way: CardInterface, serviceCode: string | undefined, chip: ChipDetails | undefined): CardData {
  return {
    interface: way,
    panRef: { vaultRef: 1, kind: 'pan' },
    maskedPan: '622202*********6789',
    expiry: '3012',
    serviceCode,
    cardSequence: undefined,
    track2Ref: { vaultRef: 2, kind: 'track2' },
    chipDataRef: undefined,
    chip,
    verification: 'none',
  };
}

function readingOf(text: string): CardReading {
  const [what, detail] = text.split(' ');
  if (what === 'timedOut' || what === 'cancelled') return { kind: what };
  if (what === 'swiped') return { kind: 'read', card: card('swipe', detail, undefined) };
  if (what === 'inserted' || what === 'tapped') {
    const cryptogramType = detail as ChipDetails['cryptogramType'];
    return { kind: 'read', card: card(what === 'inserted' ? 'chip' : 'tap', '201', { ...CHIP, cryptogramType }) };
  }
  return { kind: 'unreadable', interface: what as CardInterface, reason: detail as UnreadableReason };
}

/** The step's own words, in the order of its fields. */
function textOf(step: EntryStep): string {
  if (step.do === 'accept') return step.fallback ? 'accept fallback' : 'accept';
  return Object.values(step).join(' ');
}

describe('card entry', () => {
  it.each(
    rowsOf(`
      swiped 101       | 0 | yes | accept
      swiped 201       | 0 | yes | insertInstead chipCard
      swiped 601       | 0 | yes | insertInstead chipCard
      swiped 201       | 1 | yes | accept fallback
      swiped 201       | 1 | no  | refuse fallbackForbidden
      swiped 101       | 1 | no  | accept
      inserted arqc    | 0 | yes | accept
      inserted tc      | 0 | yes | accept
      inserted aac     | 0 | yes | refuse refusedOffline
      tapped arqc      | 0 | yes | accept
      tapped aac       | 0 | yes | refuse refusedOffline
      swipe badSwipe   | 0 | yes | tryAgain badSwipe 0
      swipe badSwipe   | 1 | yes | tryAgain badSwipe 1
      chip chipMute    | 0 | yes | swipeAllowed 1
      chip chipMute    | 1 | yes | swipeAllowed 2
      chip chipMute    | 0 | no  | tryAgain chipMute 1
      chip removed     | 0 | yes | tryAgain removed 0
      chip blocked     | 0 | yes | refuse blocked
      chip blocked     | 1 | yes | refuse blocked
      chip expired     | 0 | yes | refuse expired
      chip unsupported | 0 | yes | refuse unsupported
      tap collision    | 0 | yes | tryAgain collision 0
      tap removed      | 0 | yes | tryAgain removed 0
      tap chipMute     | 0 | yes | tryAgain tapFailed 0
      tap useChip      | 0 | yes | insertInstead tapFailed
      tap overLimit    | 0 | yes | insertInstead tapFailed
      tap unsupported  | 0 | yes | insertInstead tapFailed
      tap blocked      | 0 | yes | refuse blocked
      tap expired      | 0 | yes | refuse expired
      swipe useChip    | 0 | yes | insertInstead chipCard
      chip useChip     | 0 | yes | refuse unsupported
      chip overLimit   | 0 | yes | refuse unsupported
      timedOut         | 0 | yes | stop timedOut
      cancelled        | 1 | yes | stop cancelled
    `),
  )('%s after %s chip failures, fallback %s: %s', (reading, failures, allowed, expected) => {
    const policy = { fallbackAllowed: allowed === 'yes', chipFailures: Number(failures) };
    expect(textOf(afterReading(readingOf(reading ?? ''), policy))).toBe(expected);
  });

  it('takes a stripe without a service code as a stripe without a chip', () => {
    const reading: CardReading = { kind: 'read', card: card('swipe', undefined, undefined) };
    expect(textOf(afterReading(reading, { fallbackAllowed: true, chipFailures: 0 }))).toBe('accept');
  });
});
