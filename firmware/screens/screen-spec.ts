import type { Key, ScreenModel, ScreenOption, ScreenParam, ScreenTone } from '../hal/index.ts';
import type { ScreenId, ScreenParams } from './screen-params.ts';

export type Language = ScreenModel['language'];

/** Columns of the narrowest display that is served; a Chinese character takes two. */
export const SCREEN_COLUMNS = 40;

/** A text in both languages. */
export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/** Picks the language, so that both texts of a line stand side by side. */
export type Say = (zh: string, en: string) => string;

/** Keys that a hint can name: one key, or the group of digits. */
export type HintKey = Key | 'digits';

export interface KeyHint extends Bilingual {
  readonly key: HintKey;
}

/** One screen as data with small builders. Builders are pure and know nothing of widths; rendering wraps and masks. */
export interface ScreenSpec<Params> {
  readonly tone: ScreenTone | ((params: Params) => ScreenTone);
  readonly title: Bilingual | ((params: Params) => Bilingual);
  readonly lines: (params: Params, say: Say) => readonly string[];
  readonly keys: readonly KeyHint[] | ((params: Params) => readonly KeyHint[]);
  readonly options?: (params: Params, say: Say) => readonly ScreenOption[];
  /** Text of a code that the customer scans. */
  readonly code?: (params: Params) => string | undefined;
  /** The parameters for tests and tools where they are not the builder's own. */
  readonly shown?: (params: Params) => Readonly<Record<string, ScreenParam | undefined>>;
}

/** Some of the catalogue's rows. */
export type ScreenRows<Id extends ScreenId> = { readonly [Each in Id]: ScreenSpec<ScreenParams[Each]> };

/** What the keys are called, on the terminal and in hints. */
export const KEY_NAMES: Readonly<Record<HintKey, Bilingual>> = {
  confirm: { zh: '确认', en: 'Confirm' },
  cancel: { zh: '取消', en: 'Cancel' },
  clear: { zh: '清除', en: 'Clear' },
  function: { zh: '功能', en: 'Function' },
  digits: { zh: '数字', en: 'Digits' },
  '00': { zh: '00', en: '00' },
  '0': { zh: '0', en: '0' },
  '1': { zh: '1', en: '1' },
  '2': { zh: '2', en: '2' },
  '3': { zh: '3', en: '3' },
  '4': { zh: '4', en: '4' },
  '5': { zh: '5', en: '5' },
  '6': { zh: '6', en: '6' },
  '7': { zh: '7', en: '7' },
  '8': { zh: '8', en: '8' },
  '9': { zh: '9', en: '9' },
};

/** What a key does, for a hint. */
export function press(key: HintKey, zh: string, en: string): KeyHint {
  return { key, zh, en };
}
