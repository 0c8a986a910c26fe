/** What every effect works with: the ports, the settings, and the few objects made from them once. */
import type { DeviceName, Ports } from './hal/index.ts';
import { Journal } from './journal/journal.ts';
import { PrivateKeys } from './private-keys.ts';
import { createCodec, CUP_STANDARD, type IsoCodec } from './protocol/iso8583/index.ts';
import { renderScreen, type ScreenId, type ScreenParams } from './screens/catalogue.ts';
import type { TerminalSettings } from './settings.ts';

export interface Services {
  readonly ports: Ports;
  readonly settings: TerminalSettings;
  readonly journal: Journal;
  readonly codec: IsoCodec;
  /** Where the keys go while somebody types what no chart may see. */
  readonly privateKeys: PrivateKeys;
  readonly show: <Id extends ScreenId>(id: Id, params: ScreenParams[Id]) => void;
  /**
   * One call at a time for each device. A state that is left cancels its call, but the device needs a moment to obey,
   * and the next state must not find it busy.
   */
  readonly inTurn: <T>(device: DeviceName, work: () => Promise<T>) => Promise<T>;
}

const codec = createCodec(CUP_STANDARD);

export function createServices(ports: Ports, settings: TerminalSettings): Services {
  const turns = new Map<DeviceName, Promise<unknown>>();
  return {
    ports,
    settings,
    journal: new Journal(ports.journalStore, ports.clock),
    codec,
    privateKeys: new PrivateKeys(),
    show: (id, params) => {
      const screen = renderScreen(id, params, settings.language);
      ports.display.show(screen);
      ports.indicators.light(screen.tone);
    },
    inTurn(device, work) {
      const call = (turns.get(device) ?? Promise.resolve()).then(work);
      turns.set(
        device,
        call.catch(() => undefined),
      );
      return call;
    },
  };
}
