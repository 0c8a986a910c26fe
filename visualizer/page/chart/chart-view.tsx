import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { drawingSvg } from '../../chart/svg.ts';
import type { Charts } from '../../model/page-protocol.ts';
import { loadCoverage } from '../api.ts';
import { Button, Select, useLanguage, useText } from '../parts.tsx';
import { store, useStore } from '../store.ts';
import { EventsPanel } from './events-panel.tsx';
import { foundStates } from './lit.ts';
import { useLights } from './use-lights.ts';
import { useViewport } from './use-viewport.ts';

export function ChartView(): ReactNode {
  const text = useText();
  const charts = useStore(({ state }) => state.charts);
  if (charts === undefined) return <p className="muted">{text('loading')}</p>;
  return <LoadedChart charts={charts} />;
}

function LoadedChart({ charts }: { readonly charts: Charts }): ReactNode {
  const text = useText();
  const { model, drawings } = charts;
  const [top, setTop] = useState('terminal');
  const [follows, setFollows] = useState(true);
  const box = useRef<HTMLDivElement>(null);
  const drawing = drawings[top];
  const { zoom, fit, focusOn } = useViewport(box, drawing);
  useLights(box, top, follows ? focusOn : undefined);
  const focus = useStore(({ state }) => state.focus);
  useEffect(() => {
    if (focus === undefined) return;
    setFollows(false);
    const [machine = '', state = ''] = focus.split('.');
    const found = box.current?.querySelector<SVGGElement>(`[data-machine="${machine}"][data-state="${state}"]`);
    if (found === null || found === undefined) return setTop(machine);
    focusOn(found);
    found.classList.add('sought');
    return () => found.classList.remove('sought');
  }, [focus, top, focusOn]);
  if (drawing === undefined) return undefined;
  return (
    <div className="chart-view">
      <div className="chart-tools row">
        <Select
          label={text('machine')}
          value={top}
          onChange={setTop}
          options={model.machines.map(({ id }) => ({ value: id, label: id === 'terminal' ? text('whole') : id }))}
        />
        <Search charts={charts} />
        <Button onClick={() => setFollows(!follows)} isPressed={follows}>
          {text('follow')}
        </Button>
        <Button onClick={fit}>{text('fit')}</Button>
        <Button onClick={() => zoom(1.3)} title={text('zoomIn')}>
          +<span className="hidden"> {text('zoomIn')}</span>
        </Button>
        <Button onClick={() => zoom(1 / 1.3)} title={text('zoomOut')}>
          −<span className="hidden"> {text('zoomOut')}</span>
        </Button>
        <CoverageSwitch />
      </div>
      <ChartDrawing box={box} charts={charts} top={top} onDrag={() => setFollows(false)} />
      <EventsPanel charts={charts} />
    </div>
  );
}

interface DrawingProps {
  readonly box: React.RefObject<HTMLDivElement | null>;
  readonly charts: Charts;
  readonly top: string;
  readonly onDrag: () => void;
}

/** The SVG goes in once for each drawing; what is lit changes by classes alone. */
function ChartDrawing({ box, charts, top, onDrag }: DrawingProps): ReactNode {
  const text = useText();
  const language = useLanguage();
  const showsCoverage = useStore(({ state }) => state.showsCoverage);
  const { model, drawings } = charts;
  const svg = useMemo(() => {
    const drawing = drawings[top];
    return { __html: drawing === undefined ? '' : drawingSvg(drawing, model, { language }) };
  }, [drawings, model, top, language]);
  return (
    <div
      ref={box}
      className={showsCoverage ? 'canvas-box with-coverage' : 'canvas-box'}
      tabIndex={0}
      role="application"
      aria-label={text('chart')}
      onPointerDown={onDrag}
    >
      <div className="canvas-inner" dangerouslySetInnerHTML={svg} />
    </div>
  );
}

function Search({ charts }: { readonly charts: Charts }): ReactNode {
  const text = useText();
  const [typed, setTyped] = useState('');
  const found = foundStates(charts.model.machines, typed).slice(0, 12);
  const choose = useCallback((state: string) => store.set({ focus: state }), []);
  return (
    <form
      className="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        if (found[0] !== undefined) choose(found[0]);
      }}
    >
      <label className="field">
        <span>{text('search')}</span>
        <input type="search" value={typed} onChange={({ target }) => setTyped(target.value)} />
      </label>
      {typed !== '' && (
        <ul className="found">
          {found.map((state) => (
            <li key={state}>
              <Button
                kind="plain"
                onClick={() => {
                  choose(state);
                  setTyped('');
                }}
              >
                {state}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </form>
  );
}

function CoverageSwitch(): ReactNode {
  const text = useText();
  const isOn = useStore(({ state }) => state.showsCoverage);
  return (
    <Button
      isPressed={isOn}
      onClick={() => {
        store.set({ showsCoverage: !isOn });
        if (!isOn) loadCoverage();
      }}
    >
      {text('showCoverage')}
    </Button>
  );
}
