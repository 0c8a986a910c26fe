/**
 * A run of a terminal as a list of events: what the page shows live, what a trace file holds, what time travel steps
 * through. Nothing in it could be a card number, a PIN, a pay code, an SMS code or a key; recorders build every event
 * from names and masked forms, so that there is nothing to filter afterwards.
 *
 * A trace file is JSON lines: a {@link TraceHeader}, then one {@link TraceEvent} a line in the order of `seq`.
 */

export const TRACE_FORMAT = 'fenqi-trace';
export const TRACE_VERSION = 1;

export interface TraceHeader {
  readonly format: typeof TRACE_FORMAT;
  readonly version: typeof TRACE_VERSION;
  /** `npm start`, the name of a scenario, `seed 42`, a device. */
  readonly title: string;
  /** Wall time of the terminal at `atMs` 0. */
  readonly startedAtMs: number;
  readonly language: 'zh' | 'en';
  /** The `given:` of a scenario that starts alike; absent where none does. */
  readonly given?: Readonly<Record<string, unknown>>;
}

export const LANES = ['cashier', 'customer', 'terminal', 'devices', 'journal', 'host', 'wallet'] as const;
export type Lane = (typeof LANES)[number];

/** A named value, or a group of them: a field of a message, a tag, a byte of a frame. Masked where it has to be. */
export interface Field {
  readonly name: string;
  readonly value?: string;
  /** What it means, in words. */
  readonly note?: string;
  readonly children?: readonly Field[];
}

interface At {
  /** From 0, without gaps. */
  readonly seq: number;
  /** Terminal time since the start of the trace. */
  readonly atMs: number;
}

/** Same as `MachineStep` of the firmware. */
export type Step =
  | {
      readonly kind: 'begins';
      readonly actor: string;
      readonly machine: string;
      readonly parent?: string;
      readonly state: string;
    }
  | {
      readonly kind: 'moves';
      readonly actor: string;
      readonly machine: string;
      readonly state: string;
      readonly to: string;
      readonly event: string;
      readonly branch: number;
    }
  | {
      readonly kind: 'ignores';
      readonly actor: string;
      readonly machine: string;
      readonly state: string;
      readonly event: string;
    }
  | { readonly kind: 'ends'; readonly actor: string; readonly machine: string };

/** A screen as the display got it, see `ScreenModel` of the firmware. */
export interface Screen {
  readonly id: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly language: 'zh' | 'en';
  readonly tone: 'neutral' | 'busy' | 'success' | 'failure' | 'attention';
  readonly title: string;
  readonly lines: readonly string[];
  readonly options: readonly {
    readonly key: string;
    readonly id: string;
    readonly label: string;
    readonly tone?: string;
  }[];
  readonly code?: { readonly text: string };
  readonly hint: string;
}

/** One step of a scenario as its file writes it, without secrets: `{ customer: { insert: 'unionpay-debit' } }`. */
export type Act = Readonly<Record<string, unknown>>;

export type DeviceId = 'cardReader' | 'pinPad' | 'scanner' | 'printer' | 'signaturePad' | 'indicators' | 'drawer';
export type HostId = 'acquirer' | 'alipay' | 'wechat' | 'jd' | 'lakala';

export type TraceEvent = At &
  (
    | { readonly kind: 'act'; readonly lane: 'cashier' | 'customer' | 'devices' | 'host' | 'wallet'; readonly act: Act }
    /** A key that reached the terminal; `private` where it is nobody's business. */
    | { readonly kind: 'key'; readonly lane: 'terminal'; readonly key: string }
    | { readonly kind: 'step'; readonly lane: 'terminal'; readonly step: Step }
    | { readonly kind: 'screen'; readonly lane: 'terminal'; readonly screen: Screen }
    | {
        readonly kind: 'frame';
        readonly lane: 'devices';
        readonly device: DeviceId;
        /** `out`: from the terminal to the device. */
        readonly direction: 'out' | 'in';
        readonly title: string;
        readonly bytes: number;
        readonly fields: readonly Field[];
      }
    | {
        readonly kind: 'message';
        readonly lane: 'host' | 'wallet';
        readonly host: HostId;
        readonly direction: 'out' | 'in';
        readonly title: string;
        readonly bytes: number;
        readonly fields: readonly Field[];
      }
    /** An exchange that brought no answer: never sent, or nobody knows. */
    | {
        readonly kind: 'silence';
        readonly lane: 'host' | 'wallet';
        readonly host: HostId;
        readonly outcome: 'notSent' | 'unknown';
        readonly reason: string;
      }
    | { readonly kind: 'record'; readonly lane: 'journal'; readonly type: string; readonly fields: readonly Field[] }
    | {
        readonly kind: 'slip';
        readonly lane: 'devices';
        readonly lines: readonly string[];
        /** What the head burnt, a PNG in base64. */
        readonly png?: string;
      }
    | { readonly kind: 'beep'; readonly lane: 'devices'; readonly pattern: 'key' | 'attention' | 'success' | 'failure' }
    | { readonly kind: 'light'; readonly lane: 'devices'; readonly tone: Screen['tone'] }
    | { readonly kind: 'drawer'; readonly lane: 'devices' }
    | { readonly kind: 'life'; readonly lane: 'terminal'; readonly what: 'starts' | 'powerCut' | 'restarts' }
  );

/** Whatever an event is, without the place that the recorder gives it. */
export type Unplaced<Event> = Event extends unknown ? Omit<Event, keyof At> : never;
export type TraceEntry = Unplaced<TraceEvent>;
