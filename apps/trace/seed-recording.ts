import type { Ports } from '../../firmware/hal/index.ts';
import type { Terminal } from '../../firmware/system.ts';
import type { LifeListener } from '../../simulator/swarm/life.ts';
import type { SwarmParameters } from '../../simulator/swarm/parameters.ts';
import { TraceRecorder } from './recorder.ts';
import { recordingTaps, type WorldTaps } from './world-taps.ts';

/** Records the first terminal of a seed at its ports, over all its lives: a swarm has no wires that all levels share. */
export class SeedRecording implements LifeListener {
  readonly #title: string;
  #recorder: TraceRecorder | undefined;
  #taps: WorldTaps | undefined;
  #terminalId: string | undefined;

  constructor({ seed }: SwarmParameters) {
    this.#title = `seed ${seed}`;
  }

  ports(ports: Ports, terminalId: string): Ports {
    this.#terminalId ??= terminalId;
    if (terminalId !== this.#terminalId) return ports;
    const isFirst = this.#recorder === undefined;
    // The clock of the first life goes on after it.
    this.#recorder ??= new TraceRecorder({ clock: ports.clock, title: this.#title, language: 'zh' });
    const taps = (this.#taps ??= recordingTaps(this.#recorder));
    taps.life(isFirst ? 'starts' : 'restarts');
    return {
      ...ports,
      acquirer: taps.acquirer(ports.acquirer),
      wallet: taps.wallet(ports.wallet),
      journalStore: taps.journal(ports.journalStore),
      indicators: taps.indicators(ports.indicators),
      display: {
        show: (screen) => {
          taps.screen(screen);
          ports.display.show(screen);
        },
      },
    };
  }

  terminal(terminal: Terminal, terminalId: string): void {
    if (terminalId === this.#terminalId) this.#taps?.terminal(terminal);
  }

  /** The trace file. */
  text(): string {
    return this.#recorder?.text() ?? '';
  }
}
