import { type Indicators, isSecretEntry, type ScreenModel } from '../../firmware/hal/index.ts';
import type { MachineStep } from '../../firmware/machine-steps.ts';
import type { Terminal } from '../../firmware/system.ts';
import type { Screen, Step } from '../../visualizer/model/trace.ts';
import type { TraceRecorder } from './recorder.ts';

/** Steps, keys and screens of every life of one terminal; all of them are safe by contract but for digits of a passcode. */
export class TerminalTap {
  readonly #recorder: TraceRecorder;
  #screenText = '';
  #screenId = '';

  constructor(recorder: TraceRecorder) {
    this.#recorder = recorder;
  }

  /** Before the terminal starts. */
  watch(terminal: Terminal): void {
    this.#screenText = '';
    terminal.watch({
      step: (step) => this.#recorder.add({ kind: 'step', lane: 'terminal', step: traceStep(step) }),
      key: (key) => {
        const isSecret = isSecretEntry(this.#screenId) && /^\d+$/.test(key);
        this.#recorder.add({ kind: 'key', lane: 'terminal', key: isSecret ? 'private' : key });
      },
    });
  }

  /** A screen that is drawn again as it was tells nothing. */
  screen(screen: ScreenModel): void {
    const text = JSON.stringify(screen);
    if (text === this.#screenText) return;
    this.#screenText = text;
    this.#screenId = screen.id;
    this.#recorder.add({ kind: 'screen', lane: 'terminal', screen: traceScreen(screen) });
  }

  /** Beeps, and the light where it changes. */
  indicators(indicators: Indicators): Indicators {
    let tone: string | undefined;
    return {
      beep: (pattern) => {
        this.#recorder.add({ kind: 'beep', lane: 'devices', pattern });
        indicators.beep(pattern);
      },
      light: (newTone) => {
        if (newTone !== tone) this.#recorder.add({ kind: 'light', lane: 'devices', tone: newTone });
        tone = newTone;
        indicators.light(newTone);
      },
    };
  }
}

function traceStep(step: MachineStep): Step {
  if (step.kind !== 'begins') return step;
  const { parent, ...rest } = step;
  return parent === undefined ? rest : { ...rest, parent };
}

function traceScreen({ id, params, language, tone, title, lines, options, code, hint }: ScreenModel): Screen {
  return { id, params, language, tone, title, lines, options, ...(code === undefined ? {} : { code }), hint };
}
