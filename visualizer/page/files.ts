import { parseTrace, traceText } from '../model/trace-file.ts';
import { scenarioOf } from '../model/scenario-of.ts';
import { connect } from './api.ts';
import { store } from './store.ts';

/** Opens a trace file in place of the live session; what is wrong with it is said, and the page stays as it was. */
export async function openTraceFile(file: File | undefined): Promise<void> {
  if (file === undefined) return;
  const read = parseTrace(await file.text());
  const { language } = store.state;
  if (read.kind === 'unreadable') return store.set({ notice: `${file.name}: ${read.problem[language]}` });
  store.replace(read.trace.header, read.trace.events, 'file');
  store.set({ notice: read.note?.[language] ?? '', cursor: Math.max(0, read.trace.events.length - 1) });
}

/** Leaves a file for the terminal again. */
export function backToLive(): void {
  connect().catch(() => store.set({ link: 'lost' }));
}

export function saveTrace(): void {
  const { header } = store.state;
  if (header !== undefined) save('fenqi.trace.jsonl', traceText({ header, events: store.events }));
}

export function exportScenario(): void {
  const { header } = store.state;
  if (header !== undefined) save('fenqi-scenario.yaml', scenarioOf({ header, events: store.events }, store.seq));
}

function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
