import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { LANES, type Lane, type TraceEvent } from '../../model/trace.ts';
import { Button, useLanguage, useText } from '../parts.tsx';
import { store, useStore } from '../store.ts';
import { named } from '../texts.ts';
import { timeText } from '../timeline.tsx';
import { arrowOf } from './arrows.ts';
import { FieldTree } from './field-tree.tsx';
import { windowOf } from './virtual-list.ts';

const ROW_PX = 24;
const KINDS = ['act', 'key', 'step', 'screen', 'frame', 'message', 'record', 'slip', 'beep', 'light'] as const;
/** What people look for first; machine steps and frames are many. */
const SHOWN_AT_FIRST: readonly string[] = ['act', 'key', 'screen', 'message', 'record', 'slip'];

function isShown(event: TraceEvent, kinds: ReadonlySet<string>): boolean {
  const kind = event.kind === 'silence' ? 'message' : event.kind === 'drawer' ? 'beep' : event.kind;
  return kind === 'life' || kinds.has(kind);
}

export function LanesView(): ReactNode {
  const text = useText();
  const count = useStore(({ state }) => state.count);
  const seq = useStore((page) => page.seq);
  const isLive = useStore(({ state }) => state.cursor === undefined);
  const [kinds, setKinds] = useState<ReadonlySet<string>>(new Set(SHOWN_AT_FIRST));
  const rows = useMemo(() => store.events.filter((event) => isShown(event, kinds)), [count, kinds]);
  const toggle = (kind: string): void => {
    const next = new Set(kinds);
    if (!next.delete(kind)) next.add(kind);
    setKinds(next);
  };
  return (
    <div className="lanes">
      <div className="row" role="group" aria-label={text('filter')}>
        {KINDS.map((kind) => (
          <Button key={kind} isPressed={kinds.has(kind)} onClick={() => toggle(kind)}>
            {kind}
          </Button>
        ))}
      </div>
      <Rows rows={rows} seq={seq} isLive={isLive} />
      <EventDetails event={store.events[seq]} />
    </div>
  );
}

interface RowsProps {
  readonly rows: readonly TraceEvent[];
  readonly seq: number;
  readonly isLive: boolean;
}

function Rows({ rows, seq, isLive }: RowsProps): ReactNode {
  const text = useText();
  const language = useLanguage();
  const box = useRef<HTMLDivElement>(null);
  const [{ top, height }, setView] = useState({ top: 0, height: 600 });
  const at = rows.findIndex((event) => event.seq >= seq);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    if (isLive) element.scrollTop = element.scrollHeight;
    else if (at >= 0) element.scrollTop = Math.max(0, at * ROW_PX - element.clientHeight / 2);
    setView({ top: element.scrollTop, height: element.clientHeight });
  }, [rows.length, at, isLive]);
  const { first, end } = windowOf(top, height, ROW_PX, rows.length);
  return (
    <div
      className="rows"
      ref={box}
      tabIndex={0}
      role="region"
      aria-label={text('lanes')}
      onScroll={({ currentTarget }) => setView({ top: currentTarget.scrollTop, height: currentTarget.clientHeight })}
    >
      <div className="lane-names">
        <span className="lane-time" />
        {LANES.map((lane) => (
          <span key={lane}>{named(lane, language)}</span>
        ))}
      </div>
      <div className="canvas" style={{ height: rows.length * ROW_PX }}>
        {rows.slice(first, end).map((event, index) => (
          <Row key={event.seq} event={event} top={(first + index) * ROW_PX} isHere={event.seq === seq} />
        ))}
      </div>
    </div>
  );
}

const middle = (lane: Lane): number => ((LANES.indexOf(lane) + 0.5) * 100) / LANES.length;

function Row({
  event,
  top,
  isHere,
}: {
  readonly event: TraceEvent;
  readonly top: number;
  readonly isHere: boolean;
}): ReactNode {
  const { from, to, label, kind } = arrowOf(event);
  const [a, b] = [middle(from), middle(to)];
  const [left, width] = [Math.min(a, b), Math.abs(a - b)];
  const direction = a === b ? 'self' : a < b ? 'right' : 'left';
  return (
    <button
      type="button"
      className={`lane-row kind-${kind}${isHere ? ' here' : ''}`}
      style={{ top }}
      aria-current={isHere}
      onClick={() => store.goTo(event.seq)}
    >
      <span className="lane-time">{timeText(event.atMs)}</span>
      <span className="lane-space">
        <span className={`arrow arrow-${direction}`} style={{ left: `${left}%`, width: `${Math.max(width, 1)}%` }} />
        <span className="arrow-label" style={{ left: `${Math.min(left + (direction === 'self' ? 1 : 0), 70)}%` }}>
          {label}
        </span>
      </span>
    </button>
  );
}

function EventDetails({ event }: { readonly event: TraceEvent | undefined }): ReactNode {
  const text = useText();
  if (event === undefined) return <p className="muted">{text('chooseEvent')}</p>;
  return (
    <section className="details" aria-label={text('details')}>
      <h3>
        {timeText(event.atMs)} · {event.kind} · {arrowOf(event).label}
      </h3>
      <FieldTree event={event} />
    </section>
  );
}
