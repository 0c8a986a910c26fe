/** What a terminal has to do with updates, from its configuration. */
import { dirname, join } from 'node:path';
import process from 'node:process';
import { SystemRandom } from '../../drivers/linux/random.ts';
import { httpsTrust } from '../../drivers/linux/tls-connect.ts';
import type { FlooredClock } from './clock-floor.ts';
import type { UpdateSettings } from './host-config.ts';
import type { Updates } from './no-updates.ts';
import { UpdateSource } from './update-source.ts';
import { UpdateWatch } from './update-watch.ts';

export interface UpdatesParts {
  readonly settings: UpdateSettings;
  readonly data: string;
  readonly updater: string;
  readonly clock: FlooredClock;
  readonly isIdle: () => boolean;
  readonly log: (line: string) => void;
}

/** The program of a slot lies in `app/` of it. */
const slotOfProgram = (): string => join(dirname(process.argv[1] ?? '.'), '..');

export function updatesOf({ settings, data, updater, clock, isIdle, log }: UpdatesParts): Updates {
  const source = new UpdateSource({
    folders: { slot: slotOfProgram(), incoming: join(data, 'update'), system: updater },
    manifest: settings.manifest,
    trust: httpsTrust(settings.tls),
    trustedNow: () => (clock.isCorrected ? undefined : clock.wallMs()),
  });
  return new UpdateWatch({ clock, random: new SystemRandom(), everyHours: settings.everyHours, source, isIdle, log });
}
