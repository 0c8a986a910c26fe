/** Where the chart is looked at: its px on the screen are `x + scale * its own px`. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A box on the chart in its own px. */
export interface Area extends Size {
  readonly x: number;
  readonly y: number;
}

const SCALE_MIN = 0.02;
const SCALE_MAX = 6;
/** Of the window that a focused state and what is around it may take. */
const FOCUS_SHARE = 0.35;

/** The whole in the middle of the window. */
export function fitted(chart: Size, window: Size): View {
  const scale = clamp(Math.min(window.width / chart.width, window.height / chart.height));
  return { scale, x: (window.width - chart.width * scale) / 2, y: (window.height - chart.height * scale) / 2 };
}

/** Nearer or farther, with the point under the finger staying where it is. */
export function zoomed(view: View, factor: number, at: { readonly x: number; readonly y: number }): View {
  const scale = clamp(view.scale * factor);
  const ratio = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio };
}

/** A state in the middle, as large as it can be read with its neighbours around it. */
export function focused(area: Area, window: Size): View {
  const scale = clamp(FOCUS_SHARE * Math.min(window.width / area.width, window.height / area.height));
  const [x, y] = [area.x + area.width / 2, area.y + area.height / 2];
  return { scale, x: window.width / 2 - x * scale, y: window.height / 2 - y * scale };
}

function clamp(scale: number): number {
  return Math.min(SCALE_MAX, Math.max(SCALE_MIN, scale));
}
