import type { ReactNode } from 'react';
import type { TraceEvent } from '../../model/trace.ts';
import { Button, useText } from '../parts.tsx';
import { store } from '../store.ts';
import { timeText } from '../time-scale.ts';
import { labelOf } from './arrows.ts';
import { FieldTree } from './field-tree.tsx';

/** What one event says, whole. */
export function EventDetails({
  event,
  isHere,
}: {
  readonly event: TraceEvent | undefined;
  readonly isHere: boolean;
}): ReactNode {
  const text = useText();
  return (
    <section className="details" aria-label={text('details')} tabIndex={0}>
      {event === undefined ? (
        <p className="muted">{text('chooseEvent')}</p>
      ) : (
        <>
          <header>
            <h3>{labelOf(event)}</h3>
            <p className="muted">{[`#${event.seq + 1}`, timeText(event.atMs), ...factsOf(event)].join(' · ')}</p>
            {!isHere && <Button onClick={() => store.goTo(event.seq)}>{text('goToMoment')}</Button>}
          </header>
          <FieldTree key={event.seq} event={event} />
        </>
      )}
    </section>
  );
}

function factsOf(event: TraceEvent): readonly string[] {
  if (event.kind !== 'frame' && event.kind !== 'message') return [event.kind];
  return [event.kind, event.direction === 'out' ? '→' : '←', `${event.bytes} B`];
}
