import type { ScreenId, ScreenParams } from './catalogue.ts';

/** A screen that a machine asks for, as data, so that a chart says what people see without drawing it. */
export type ScreenCall = { [Id in ScreenId]: { readonly id: Id; readonly params: ScreenParams[Id] } }[ScreenId];

export function screen<Id extends ScreenId>(id: Id, params: ScreenParams[Id]): ScreenCall {
  return { id, params } as ScreenCall;
}

/** Stands in a machine's `setup` until the terminal provides the real action. */
export const show: (scope: unknown, call: ScreenCall) => void = () => undefined;
