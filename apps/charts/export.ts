import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawingSvg } from '../../visualizer/chart/svg.ts';
import type { ChartModel, MachineModel } from '../../visualizer/model/chart.ts';
import { chartModel } from './chart-model.ts';
import { drawCharts } from './layout.ts';
import { mermaidOf } from './mermaid.ts';
import { scxmlOf, withInvoked } from './scxml.ts';

export interface ChartExport {
  readonly format: 'mermaid' | 'scxml' | 'svg' | 'json';
  /** All of them where absent. One of SCXML comes with the machines that it starts, because it is nothing without them. */
  readonly machine: string | undefined;
  /** Which names come first in a picture. */
  readonly language: 'zh' | 'en';
  readonly folder: string;
}

export type ChartExportResult =
  | { readonly kind: 'written'; readonly paths: readonly string[] }
  | { readonly kind: 'noSuchMachine'; readonly machines: readonly string[] }
  /** Somebody else's file has the name. Nothing was written. */
  | { readonly kind: 'taken'; readonly path: string }
  | { readonly kind: 'unwritable'; readonly reason: string };

/** Stands in every exported file, so that the next export knows what it may replace. */
const MARK = 'fenqi chart export';

const ENDING_OF = { mermaid: 'mmd', scxml: 'scxml', svg: 'svg', json: 'json' } as const;

/** Writes a file for each machine, in a folder that is made where there is none. */
export async function exportCharts(asked: ChartExport): Promise<ChartExportResult> {
  const model = await chartModel();
  const machines = chosenMachines(model, asked);
  if (machines.length === 0) return { kind: 'noSuchMachine', machines: model.machines.map(({ id }) => id) };
  const textOf = await writerOf(asked, model);
  const files = machines.map((machine) => ({
    path: join(asked.folder, `${machine.id}.${ENDING_OF[asked.format]}`),
    text: textOf(machine),
  }));
  try {
    for (const { path } of files) if (await isTaken(path)) return { kind: 'taken', path };
    await mkdir(asked.folder, { recursive: true });
    for (const { path, text } of files) await writeFile(path, text);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return { kind: 'unwritable', reason: message };
  }
  return { kind: 'written', paths: files.map(({ path }) => path) };
}

function chosenMachines(model: ChartModel, { format, machine: id }: ChartExport): readonly MachineModel[] {
  if (id === undefined) return model.machines;
  const machine = model.machines.find((each) => each.id === id);
  if (machine === undefined) return [];
  return format === 'scxml' ? withInvoked(machine, model) : [machine];
}

async function writerOf(
  { format, language }: ChartExport,
  model: ChartModel,
): Promise<(machine: MachineModel) => string> {
  switch (format) {
    case 'mermaid':
      return (machine) => `%% ${MARK}\n${mermaidOf(machine)}\n`;
    case 'scxml':
      return (machine) => scxmlOf(machine, model);
    case 'json':
      return (machine) => `${JSON.stringify({ $comment: MARK, machines: [machine] }, undefined, 2)}\n`;
    case 'svg': {
      const drawings = await drawCharts(model);
      return ({ id }) => {
        const drawing = drawings[id];
        if (drawing === undefined) throw new Error(`nobody drew ${id}`);
        return `<!-- ${MARK} -->\n${drawingSvg(drawing, model, { language, isStandalone: true })}\n`;
      };
    }
  }
}

async function isTaken(path: string): Promise<boolean> {
  try {
    return !(await readFile(path, 'utf8')).includes(MARK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
