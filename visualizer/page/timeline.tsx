import { type ReactNode, useMemo, useRef } from 'react';
import { backToLive, exportScenario, openTraceFile, saveTrace } from './files.ts';
import { Button, useText } from './parts.tsx';
import { store, useStore } from './store.ts';

/** At most so many marks, however long the run. */
const MARKS_MAX = 300;

/** `0:01.250` since the beginning. */
export function timeText(atMs: number): string {
  const minutes = Math.floor(atMs / 60_000);
  const seconds = ((atMs % 60_000) / 1000).toFixed(3).padStart(6, '0');
  return `${minutes}:${seconds}`;
}

export function Timeline(): ReactNode {
  const text = useText();
  const count = useStore(({ state }) => state.count);
  const seq = useStore((page) => page.seq);
  const isPast = useStore(({ state }) => state.cursor !== undefined);
  const isFile = useStore(({ state }) => state.link === 'file');
  const input = useRef<HTMLInputElement>(null);
  const atMs = store.events[seq]?.atMs ?? 0;
  return (
    <footer className="timeline" aria-label={text('timeline')}>
      <Button onClick={() => store.goTo(seq - 1)} isOff={seq <= 0} title={text('back')}>
        ◀<span className="hidden"> {text('back')}</span>
      </Button>
      <Button onClick={() => store.goTo(seq + 1)} isOff={!isPast || seq >= count - 1} title={text('forward')}>
        ▶<span className="hidden"> {text('forward')}</span>
      </Button>
      <div className="track">
        <Marks count={count} />
        <input
          type="range"
          aria-label={text('timeline')}
          aria-valuetext={timeText(atMs)}
          min={0}
          max={Math.max(0, count - 1)}
          value={Math.max(0, seq)}
          onChange={({ target }) => store.goTo(Number(target.value))}
        />
      </div>
      <output className="time">
        {timeText(atMs)} · {seq + 1}/{count}
      </output>
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
      <Button onClick={() => input.current?.click()}>{text('openTrace')}</Button>
      <input
        ref={input}
        className="hidden"
        type="file"
        accept=".jsonl,.json"
        aria-label={text('openTrace')}
        tabIndex={-1}
        onChange={({ target }) => void openTraceFile(target.files?.[0])}
      />
      <Button onClick={saveTrace} isOff={count === 0}>
        {text('saveTrace')}
      </Button>
      <Button onClick={exportScenario} isOff={count === 0}>
        {text('exportScenario')}
      </Button>
    </footer>
  );
}

/** Where hands moved and money was decided. */
function Marks({ count }: { readonly count: number }): ReactNode {
  // A handful of new events moves no mark by a pixel.
  const coarse = Math.floor(count / 20);
  const marks = useMemo(() => {
    const found = store.events.filter(({ kind }) => kind === 'act' || kind === 'slip' || kind === 'life');
    const every = Math.max(1, Math.ceil(found.length / MARKS_MAX));
    return found.filter((_, index) => index % every === 0).map(({ seq, kind }) => ({ seq, kind }));
  }, [coarse]);
  const last = Math.max(1, count - 1);
  return (
    <svg className="marks" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
      {marks.map(({ seq, kind }) => (
        <rect key={seq} className={`mark mark-${kind}`} x={(seq / last) * 1000} y={0} width={1.5} height={10} />
      ))}
    </svg>
  );
}
