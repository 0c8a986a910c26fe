import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ChartModel } from '../../visualizer/model/chart.ts';

const CHARTS = fileURLToPath(new URL('../../firmware/terminal/terminal.machine.ts', import.meta.url));

/** Said where charts are wanted and only a build is there. */
export const NO_SOURCES = 'coverage needs the sources, which a published build has not';

/** The statecharts as data, read from their sources where somebody wants them; `undefined` where there are none. */
export async function sourceCharts(): Promise<ChartModel | undefined> {
  if (!existsSync(CHARTS)) return undefined;
  const { chartModel } = await import('../charts/chart-model.ts');
  return chartModel();
}
