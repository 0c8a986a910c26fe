import { type ReactNode, useMemo, useRef } from 'react';
import { backToLive, exportScenario, openTraceFile, saveTrace } from './files.ts';
import { Button, useText } from './parts.tsx';
import { store, useStore } from './store.ts';
import { marksOf, thinMarks, timeText, wallText } from './time-scale.ts';

/** Marks that can still be told apart on a wide screen. */
const PARTS_MAX = 240;
/** So many new events move no mark by a pixel that anybody would see. */
const COARSE = 10;

/** Time under everything: where the page stands in the run, and the files of a run. */
export function Timeline(): ReactNode {
  const text = useText();
  const isPast = useStore(({ state }) => state.cursor !== undefined);
  const isFile = useStore(({ state }) => state.link === 'file');
  return (
    <footer className={isPast ? 'timeline past' : 'timeline'} aria-label={text('timeline')}>
      <Steps />
      <Track />
      <Place />
      {isPast && !isFile && (
        <Button kind="accent" onClick={() => store.set({ cursor: undefined })} title={text('past')}>
          {text('live')}
        </Button>
      )}
      {isFile && (
        <Button kind="accent" onClick={backToLive}>
          {text('backToLive')}
        </Button>
      )}
      <Files />
    </footer>
  );
}

function Steps(): ReactNode {
  const text = useText();
  const isFirst = useStore((page) => page.seq <= 0);
  const isLast = useStore((page) => page.seq >= page.state.count - 1);
  return (
    <div className="steps">
      <Button onClick={() => store.goTo(store.seq - 1)} isOff={isFirst} title={`${text('back')}  [`}>
        <span aria-hidden="true">◀</span>
        <span className="hidden">{text('back')}</span>
      </Button>
      <Button onClick={() => store.goTo(store.seq + 1)} isOff={isLast} title={`${text('forward')}  ]`}>
        <span aria-hidden="true">▶</span>
        <span className="hidden">{text('forward')}</span>
      </Button>
    </div>
  );
}

function Track(): ReactNode {
  const text = useText();
  const count = useStore(({ state }) => state.count);
  const seq = useStore((page) => page.seq);
  return (
    <div className="track">
      <Marks count={count} />
      <input
        type="range"
        aria-label={text('timeline')}
        aria-valuetext={`${timeText(store.events[seq]?.atMs ?? 0)}, ${seq + 1} / ${count}`}
        min={0}
        max={Math.max(0, count - 1)}
        value={Math.max(0, seq)}
        disabled={count === 0}
        onChange={({ target }) => store.goTo(Number(target.value))}
      />
    </div>
  );
}

function Place(): ReactNode {
  const count = useStore(({ state }) => state.count);
  const seq = useStore((page) => page.seq);
  const startedAtMs = useStore(({ state }) => state.header?.startedAtMs);
  const atMs = store.events[seq]?.atMs ?? 0;
  return (
    <p className="time">
      <strong>{timeText(atMs)}</strong>
      <span>
        {seq + 1}/{count}
      </span>
      <span>{startedAtMs === undefined ? '' : wallText(startedAtMs + atMs)}</span>
    </p>
  );
}

function Files(): ReactNode {
  const text = useText();
  const isEmpty = useStore(({ state }) => state.count === 0);
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className="files">
      <Button onClick={() => input.current?.click()}>{text('openTrace')}</Button>
      <input
        ref={input}
        className="hidden"
        type="file"
        accept=".jsonl,.json"
        aria-label={text('openTrace')}
        tabIndex={-1}
        onChange={({ target }) => {
          void openTraceFile(target.files?.[0]);
          // The same file may be opened again after it was written anew.
          target.value = '';
        }}
      />
      <Button onClick={saveTrace} isOff={isEmpty}>
        {text('saveTrace')}
      </Button>
      <Button onClick={exportScenario} isOff={isEmpty}>
        {text('exportScenario')}
      </Button>
    </div>
  );
}

/** Where hands moved, money moved, and the power went. */
function Marks({ count }: { readonly count: number }): ReactNode {
  const events = useStore((page) => page.events);
  const coarse = Math.floor(count / COARSE);
  const marks = useMemo(() => thinMarks(marksOf(events), events.length, PARTS_MAX), [events, coarse]);
  const last = Math.max(1, count - 1);
  return (
    <svg className="marks" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
      {marks.map(({ seq, kind }) => (
        <rect
          key={`${kind}${seq}`}
          className={`mark mark-${kind}`}
          x={(seq / last) * 1000 - 1}
          y={0}
          width={2}
          height={10}
        />
      ))}
    </svg>
  );
}
