import { type KeyboardEvent, memo, type ReactNode, useEffect, useRef, useState } from 'react';
import type { Lane, TraceEvent } from '../../model/trace.ts';
import { useLanguage, useText } from '../parts.tsx';
import { store } from '../store.ts';
import { laneName } from '../texts.ts';
import { gapText, timeText } from '../time-scale.ts';
import { type Direction, endsOf, labelOf } from './arrows.ts';
import { rowAfterKey, rowAt, scrollToShow, windowOf } from './virtual-list.ts';

const ROW_PX = 26;
/** Nearer to the end than this the list goes on to follow what comes. */
const AT_END_PX = 40;

interface RowsProps {
  readonly rows: readonly TraceEvent[];
  readonly lanes: readonly Lane[];
  /** The event at which the page stands; `undefined` at the newest. */
  readonly here: number | undefined;
  readonly chosen: number | undefined;
  readonly onPick: (seq: number) => void;
}

/** A list of which only what can be seen is there. */
export function Rows({ rows, lanes, here, chosen, onPick }: RowsProps): ReactNode {
  const text = useText();
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const [{ top, height }, setView] = useState({ top: 0, height: 600 });
  const shownAt = here ?? chosen;
  const index = shownAt === undefined ? -1 : rowAt(rows, shownAt);
  useBoxHeight(box, (next) => setView((view) => ({ ...view, height: next })));
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    if (index >= 0) element.scrollTop = scrollToShow(index, element.scrollTop, element.clientHeight, ROW_PX);
    else if (isAtEnd.current) element.scrollTop = element.scrollHeight;
  }, [rows.length, index]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && chosen !== undefined) {
      event.preventDefault();
      return store.goTo(chosen);
    }
    const from = index < 0 ? rows.length : index;
    const next = rowAfterKey(event.key, from, rows.length, Math.floor(height / ROW_PX));
    const row = next === undefined ? undefined : rows[next];
    if (row === undefined) return;
    event.preventDefault();
    onPick(row.seq);
  };
  const { first, end } = windowOf(top, height, ROW_PX, rows.length);
  const active = rows[index];
  return (
    <div className="rows">
      <Heads lanes={lanes} />
      <div
        className="rows-box"
        ref={box}
        tabIndex={0}
        role="listbox"
        aria-label={text('lanes')}
        aria-activedescendant={active !== undefined && index >= first && index < end ? `row-${active.seq}` : undefined}
        onKeyDown={onKeyDown}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
          isAtEnd.current = scrollTop + clientHeight > scrollHeight - AT_END_PX;
          setView({ top: scrollTop, height: clientHeight });
        }}
      >
        <div className="canvas" role="presentation" style={{ height: rows.length * ROW_PX }}>
          <Lifelines count={lanes.length} />
          {rows.slice(first, end).map((event, offset) => {
            const at = first + offset;
            return (
              <Row
                key={event.seq}
                event={event}
                lanes={lanes}
                top={at * ROW_PX}
                gapMs={event.atMs - (rows[at - 1]?.atMs ?? 0)}
                isHere={at === index && here !== undefined}
                isChosen={event.seq === chosen}
                onPick={onPick}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function useBoxHeight(box: { readonly current: HTMLElement | null }, onHeight: (height: number) => void): void {
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => onHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
}

function Heads({ lanes }: { readonly lanes: readonly Lane[] }): ReactNode {
  const language = useLanguage();
  return (
    <div className="lane-heads" aria-hidden="true">
      <span className="lane-time" />
      <span className="lane-space">
        {lanes.map((lane, index) => (
          <span key={lane} className="lane-head" style={{ left: `${middleOf(index, lanes.length)}%` }}>
            {laneName(lane, language)}
          </span>
        ))}
      </span>
    </div>
  );
}

function Lifelines({ count }: { readonly count: number }): ReactNode {
  return (
    <div className="lifelines" aria-hidden="true">
      <span className="lane-space">
        {Array.from({ length: count }, (_, index) => (
          <span key={index} className="lifeline" style={{ left: `${middleOf(index, count)}%` }} />
        ))}
      </span>
    </div>
  );
}

function middleOf(index: number, count: number): number {
  return ((index + 0.5) * 100) / count;
}

interface RowProps {
  readonly event: TraceEvent;
  readonly lanes: readonly Lane[];
  readonly top: number;
  readonly gapMs: number;
  readonly isHere: boolean;
  readonly isChosen: boolean;
  readonly onPick: (seq: number) => void;
}

function RowOnce({ event, lanes, top, gapMs, isHere, isChosen, onPick }: RowProps): ReactNode {
  const { from, to } = endsOf(event);
  const [a, b] = [lanes.indexOf(from), lanes.indexOf(to)].map((index) => middleOf(index, lanes.length)) as [
    number,
    number,
  ];
  const direction: Direction = a === b ? 'self' : a < b ? 'right' : 'left';
  const gap = gapText(gapMs);
  return (
    <div
      id={`row-${event.seq}`}
      role="option"
      aria-selected={isChosen}
      className={`lane-row kind-${event.kind}${isHere ? ' here' : ''}${isChosen ? ' chosen' : ''}`}
      style={{ top }}
      onClick={() => onPick(event.seq)}
      onDoubleClick={() => store.goTo(event.seq)}
    >
      <span className="lane-time">
        {timeText(event.atMs)}
        {gap !== undefined && <small> {gap}</small>}
      </span>
      <span className="lane-space">
        <span
          className={`arrow arrow-${direction}`}
          style={{ left: `${Math.min(a, b)}%`, width: `${Math.abs(a - b)}%` }}
        />
      </span>
      <span className="lane-label">{labelOf(event)}</span>
    </div>
  );
}

const Row = memo(RowOnce);
