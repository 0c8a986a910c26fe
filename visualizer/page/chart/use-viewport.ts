import { type RefObject, useCallback, useEffect, useRef } from 'react';
import type { Drawing } from '../../model/chart.ts';
import { type Area, fitted, focused, type View, zoomed } from './viewport.ts';

const STEP_PX = 80;
/** After so long without a move the drawing is at rest. */
const REST_MS = 200;
const WHEEL_FACTOR = 1.0015;

export interface Viewport {
  readonly zoom: (factor: number) => void;
  readonly fit: () => void;
  readonly focusOn: (state: SVGGElement) => void;
}

/** Moves and scales the drawing in its box by hand, wheel and keys. React is not asked: nothing is drawn anew. */
export function useViewport(box: RefObject<HTMLDivElement | null>, drawing: Drawing | undefined): Viewport {
  const view = useRef<View>({ x: 0, y: 0, scale: 1 });
  // Where a state stands in its drawing never changes: it is measured once.
  const areas = useRef(new WeakMap<SVGGElement, Area>());
  const rest = useRef<number>(undefined);
  const show = useCallback(
    (next: View) => {
      view.current = next;
      const inner = box.current?.firstElementChild;
      if (!(inner instanceof HTMLElement)) return;
      inner.style.transform = `translate(${next.x}px, ${next.y}px) scale(${next.scale})`;
      // On the move it is a picture that slides; at rest it is drawn anew, sharp.
      inner.style.willChange = 'transform';
      clearTimeout(rest.current);
      rest.current = window.setTimeout(() => (inner.style.willChange = ''), REST_MS);
    },
    [box],
  );
  const sizeOfBox = useCallback(() => {
    const { clientWidth: width = 1, clientHeight: height = 1 } = box.current ?? {};
    return { width, height };
  }, [box]);
  const fit = useCallback(() => {
    if (drawing !== undefined) show(fitted(drawing, sizeOfBox()));
  }, [drawing, show, sizeOfBox]);
  const zoom = useCallback(
    (factor: number) => {
      const { width, height } = sizeOfBox();
      show(zoomed(view.current, factor, { x: width / 2, y: height / 2 }));
    },
    [show, sizeOfBox],
  );
  const focusOn = useCallback(
    (state: SVGGElement) => {
      const area = areas.current.get(state) ?? areaOf(state, box.current, view.current);
      areas.current.set(state, area);
      show(focused(area, sizeOfBox()));
    },
    [box, show, sizeOfBox],
  );
  useEffect(fit, [fit]);
  useHands(box, view, show, { zoom, fit, focusOn });
  return { zoom, fit, focusOn };
}

/** Where a state stands in the drawing, worked out from where it is on the screen now. */
function areaOf(state: SVGGElement, box: HTMLDivElement | null, view: View): Area {
  const own = (state.querySelector(':scope > rect') ?? state).getBoundingClientRect();
  const around = box?.getBoundingClientRect() ?? { left: 0, top: 0 };
  const { scale, x, y } = view;
  return {
    x: (own.left - around.left - x) / scale,
    y: (own.top - around.top - y) / scale,
    width: own.width / scale,
    height: own.height / scale,
  };
}

function useHands(
  box: RefObject<HTMLDivElement | null>,
  view: RefObject<View>,
  show: (view: View) => void,
  { zoom, fit }: Viewport,
): void {
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const gone = new AbortController();
    const { signal } = gone;
    element.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        const { left, top } = element.getBoundingClientRect();
        const at = { x: event.clientX - left, y: event.clientY - top };
        show(zoomed(view.current, WHEEL_FACTOR ** -event.deltaY, at));
      },
      { signal, passive: false },
    );
    element.addEventListener(
      'pointermove',
      ({ buttons, movementX, movementY }) => {
        const { x, y, scale } = view.current;
        if ((buttons & 1) === 1) show({ scale, x: x + movementX, y: y + movementY });
      },
      { signal },
    );
    element.addEventListener(
      'keydown',
      (event) => {
        const { x, y, scale } = view.current;
        const moves: Readonly<Record<string, () => void>> = {
          ArrowLeft: () => show({ scale, x: x + STEP_PX, y }),
          ArrowRight: () => show({ scale, x: x - STEP_PX, y }),
          ArrowUp: () => show({ scale, x, y: y + STEP_PX }),
          ArrowDown: () => show({ scale, x, y: y - STEP_PX }),
          '+': () => zoom(1.3),
          '=': () => zoom(1.3),
          '-': () => zoom(1 / 1.3),
          0: fit,
        };
        const move = moves[event.key];
        if (move === undefined || event.altKey) return;
        event.preventDefault();
        event.stopPropagation();
        move();
      },
      { signal },
    );
    return () => gone.abort();
  }, [box, view, show, zoom, fit]);
}
