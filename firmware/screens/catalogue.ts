import type { ScreenModel, ScreenParam } from '../hal/index.ts';
import { columnsOf, takeColumns, wrapText } from '../base/columns.ts';
import { CUSTOMER_SCREENS } from './customer-screens.ts';
import { BILL_SCREENS } from './bill-screens.ts';
import { ENTRY_SCREENS } from './entry-screens.ts';
import { LIFECYCLE_SCREENS } from './lifecycle-screens.ts';
import { MENU_SCREENS } from './menu-screens.ts';
import { PAYMENT_SCREENS } from './payment-screens.ts';
import { PLAN_SCREENS } from './plan-screens.ts';
import { RECEIPT_SCREENS } from './receipt-screens.ts';
import { REFUND_SCREENS } from './refund-screens.ts';
import { safeText } from './safe-text.ts';
import type { ScreenId, ScreenParams } from './screen-params.ts';
import {
  KEY_NAMES,
  type KeyHint,
  type Language,
  SCREEN_COLUMNS,
  type ScreenRows,
  type ScreenSpec,
} from './screen-spec.ts';
import { SETTLEMENT_SCREENS } from './settlement-screens.ts';
import { SUPERVISOR_SCREENS } from './supervisor-screens.ts';

export type { ScreenId, ScreenParams, ScreenParamsOf } from './screen-params.ts';
export type { Language } from './screen-spec.ts';

/** Every screen of the terminal. The type makes a screen without a row, or a row without a screen, an error. */
export const SCREENS: ScreenRows<ScreenId> = {
  ...LIFECYCLE_SCREENS,
  ...ENTRY_SCREENS,
  ...PLAN_SCREENS,
  ...PAYMENT_SCREENS,
  ...CUSTOMER_SCREENS,
  ...RECEIPT_SCREENS,
  ...MENU_SCREENS,
  ...SETTLEMENT_SCREENS,
  ...SUPERVISOR_SCREENS,
  ...REFUND_SCREENS,
  ...BILL_SCREENS,
};

/** The ids of all screens, for tests and tools. */
export const SCREEN_IDS = Object.keys(SCREENS) as readonly ScreenId[];

/**
 * Draws a screen as data: texts in the language, lines wrapped to {@link SCREEN_COLUMNS}. Whatever looks like a card
 * number or a pay code in a text is masked, in `params` as well; the text of a code is what a phone has to read.
 */
export function renderScreen<Id extends ScreenId>(id: Id, params: ScreenParams[Id], language: Language): ScreenModel {
  const spec: ScreenSpec<ScreenParams[Id]> = SCREENS[id];
  const title = typeof spec.title === 'function' ? spec.title(params) : spec.title;
  const say = (zh: string, en: string): string => (language === 'zh' ? zh : en);
  const shown = spec.shown?.(params) ?? (params as Readonly<Record<string, ScreenParam | undefined>>);
  const code = spec.code?.(params);
  return {
    id,
    params: safeParams(shown),
    language,
    tone: typeof spec.tone === 'function' ? spec.tone(params) : spec.tone,
    title: title[language],
    lines: spec.lines(params, say).flatMap((line) => wrapText(safeText(line), SCREEN_COLUMNS)),
    options: (spec.options?.(params, say) ?? []).map((option) => ({ ...option, label: oneLine(option.label) })),
    ...(code === undefined ? {} : { code: { text: code } }),
    hint: hintText(typeof spec.keys === 'function' ? spec.keys(params) : spec.keys, language),
  };
}

/** `确认 付款 · 取消 返回` */
function hintText(keys: readonly KeyHint[], language: Language): string {
  return keys.map((hint) => `${KEY_NAMES[hint.key][language]} ${hint[language]}`).join(' · ');
}

function oneLine(text: string): string {
  const safe = safeText(text);
  return columnsOf(safe) <= SCREEN_COLUMNS ? safe : takeColumns(safe, SCREEN_COLUMNS);
}

function safeParams(params: Readonly<Record<string, ScreenParam | undefined>>): Record<string, ScreenParam> {
  const safe: Record<string, ScreenParam> = {};
  for (const [name, value] of Object.entries(params)) if (value !== undefined) safe[name] = safeParam(value);
  return safe;
}

function safeParam(value: ScreenParam): ScreenParam {
  if (typeof value === 'string') return safeText(value);
  if (typeof value !== 'object') return value;
  return value.map((each) => (typeof each === 'string' ? safeText(each) : each));
}
