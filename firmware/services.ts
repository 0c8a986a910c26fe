/** What every effect works with: the ports, the settings, and the few objects made from them once. */
import type { Ports } from './hal/index.ts';
import { Journal } from './journal/journal.ts';
import { createCodec, CUP_STANDARD, type IsoCodec } from './protocol/iso8583/index.ts';
import { renderScreen, type ScreenId, type ScreenParams } from './screens/catalogue.ts';
import type { TerminalSettings } from './settings.ts';

export interface Services {
  readonly ports: Ports;
  readonly settings: TerminalSettings;
  readonly journal: Journal;
  readonly codec: IsoCodec;
  show<Id extends ScreenId>(id: Id, params: ScreenParams[Id]): void;
}

export function createServices(ports: Ports, settings: TerminalSettings): Services {
  return {
    ports,
    settings,
    journal: new Journal(ports.journalStore, ports.clock),
    codec: createCodec(CUP_STANDARD),
    show: (id, params) => ports.display.show(renderScreen(id, params, settings.language)),
  };
}
