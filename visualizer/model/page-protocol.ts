/**
 * What the page and the terminal process say to each other, on 127.0.0.1 alone.
 *
 * | request | answer |
 * |---|---|
 * | `GET /?token=…` | the page; sets the session cookie and redirects to `/` |
 * | `GET /api/session` | {@link Session} |
 * | `GET /api/events?after=SEQ` | server-sent events, each a {@link PageMessage} as JSON in `data:`; the trace from SEQ + 1 on |
 * | `GET /api/charts` | {@link Charts} |
 * | `GET /api/coverage` | {@link CoverageAnswer} |
 * | `GET /api/trace` | the trace file so far |
 * | `GET /api/paper.png?v=N` | the paper that hangs out of the printer; 204 where there is none |
 * | `POST /api/act` `{ step }` | carries out one step of a scenario; `{ ok: true }` or 422 {@link Refusal} |
 * | `POST /api/clock` `{ speed }` or `{ skipMs }` | `{ ok: true }` or 422 |
 *
 * Every POST needs the header `x-fenqi-token`, which only a page of this origin knows: it stands in {@link Session}.
 */
import type { Coverage, CoverageReport } from './coverage.ts';
import type { ChartModel, Drawing } from './chart.ts';
import type { Act, DeviceId, HostId, TraceEvent, TraceHeader } from './trace.ts';

export interface Session {
  readonly token: string;
  readonly header: TraceHeader;
  readonly catalogue: Catalogue;
}

/** What lies on the counter to play with. Everything in it is made up for tests. */
export interface Catalogue {
  readonly cards: readonly CardInTray[];
  readonly phones: readonly PhoneInTray[];
  readonly faults: FaultNames;
  /** Speeds the clock may run at: 0 stands still, 1 is life. */
  readonly speeds: readonly number[];
}

export interface CardInTray {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  /** Test cards have published PINs. */
  readonly pin: string;
  readonly interfaces: readonly ('insert' | 'tap' | 'swipe')[];
}

export interface PhoneInTray {
  /** As `customer:` of a scenario step names it: `alipay/huabei`, `jd/baitiao`; of UnionPay `unionpay/ID`, which has no app. */
  readonly name: string;
  readonly wallet: 'alipay' | 'wechat' | 'jd' | 'unionpay';
  readonly zh: string;
  readonly en: string;
  /** It has an app that confirms, scans and gets messages. */
  readonly hasApp: boolean;
  /** Number by which the account is known, where there is one. */
  readonly number?: string;
}

export interface FaultNames {
  readonly acquirer: readonly string[];
  readonly wallet: readonly string[];
  readonly walletCalls: readonly string[];
  readonly devices: readonly DeviceId[];
}

export type PageMessage =
  | { readonly type: 'events'; readonly events: readonly TraceEvent[] }
  | { readonly type: 'now'; readonly now: Now }
  /** Of an act that was answered before it was done. */
  | { readonly type: 'refused'; readonly refusal: Refusal };

/** How things stand, apart from what the trace tells. Sent when it has changed. */
export interface Now {
  readonly wallMs: number;
  readonly speed: number;
  /** Keys by what they would do now, machine by machine. */
  readonly chances: readonly {
    readonly actor: string;
    readonly machine: string;
    readonly state: string;
    readonly key: string;
    readonly isOpen: boolean;
    readonly closedBy: readonly string[];
  }[];
  readonly reader: {
    readonly card: string | undefined;
    readonly isInserted: boolean;
    readonly waitsFor: readonly string[];
  };
  readonly pinPad: { readonly isAsking: boolean };
  readonly signaturePad: { readonly isAsking: boolean };
  readonly printer: {
    readonly hasPaper: boolean;
    readonly coverIsOpen: boolean;
    readonly isHot: boolean;
    /** Counts up whenever the paper looks different. */
    readonly paperVersion: number;
  };
  readonly unplugged: readonly DeviceId[];
  readonly network: { readonly isOut: boolean; readonly down: readonly HostId[] };
  readonly armed: readonly { readonly host: HostId; readonly fault: string; readonly times: number }[];
  /** Phones on which something waits: what for, and the newest SMS code. */
  readonly phones: Readonly<Record<string, { readonly waits?: 'payment' | 'face'; readonly sms?: string }>>;
}

export interface Charts {
  readonly model: ChartModel;
  /** Everything nested, by the id of the machine at the top: `terminal` is the whole. */
  readonly drawings: Readonly<Record<string, Drawing>>;
}

export interface CoverageAnswer {
  readonly coverage: Coverage;
  readonly report: CoverageReport;
}

export interface Refusal {
  readonly problems: readonly { readonly zh: string; readonly en: string }[];
}

export type ActRequest = { readonly step: Act };
