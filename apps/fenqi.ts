#!/usr/bin/env node
/** The one executable: picks a subcommand and loads no other. */
import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { scrub } from '../firmware/base/masked.ts';
import type { CliIo } from './cli/lines.ts';
import { stdinIo } from './cli/lines.ts';

type Command = (args: string[], io: CliIo) => Promise<number>;

const COMMANDS: Readonly<Record<string, { readonly about: string; readonly load: () => Promise<Command> }>> = {
  run: {
    about: 'a terminal on a page of this machine, or in a console (npm start)',
    load: async () => (await import('./cli/run.ts')).runRun,
  },
  play: { about: 'play scenario files', load: async () => (await import('./cli/play.ts')).runPlay },
  simulate: {
    about: 'real terminals under faults drawn from seeds, invariants always on',
    load: async () => (await import('./cli/simulate.ts')).runSimulate,
  },
  coverage: {
    about: 'what of the statecharts and of the faults was ever tried',
    load: async () => (await import('./cli/coverage.ts')).runCoverage,
  },
  quote: {
    about: 'instalment plans of an amount, as the terminal works them out',
    load: async () => (await import('./cli/quote.ts')).runQuote,
  },
  host: {
    about: 'the simulated acquirer and wallets alone',
    load: async () => (await import('./cli/host.ts')).runHost,
  },
  iso8583: {
    about: 'decode, encode, mac, view, diff, doctor',
    load: async () => (await import('./cli/iso8583.ts')).runIso8583,
  },
  chart: {
    about: 'export the statecharts: Mermaid, SCXML, SVG, JSON',
    load: async () => (await import('./cli/chart.ts')).runChart,
  },
  device: {
    about: 'the terminal on a device: real drivers, real hosts',
    load: async () => (await import('./device/command.ts')).runDevice,
  },
  'device-status': {
    about: 'what the terminal on this device says about itself',
    load: async () => (await import('./device/status-command.ts')).runDeviceStatus,
  },
  tlv: { about: 'decode BER-TLV', load: async () => (await import('./cli/tlv.ts')).runTlv },
  image: {
    about: 'device images and signed updates, in a checkout',
    load: () => fromCheckout('cli/image', 'runImage'),
  },
  flash: {
    about: 'writes the disk of a device, in a checkout',
    load: () => fromCheckout('cli/flash', 'runFlash'),
  },
  emulate: {
    about: 'boots a flashed disk in QEMU and sells on it, in a checkout',
    load: () => fromCheckout('emulator/command', 'runEmulate'),
  },
};

/** Images are built from the sources, with tools for development: an installed package has neither. */
async function fromCheckout(file: string, name: string): Promise<Command> {
  const source = join(import.meta.dirname, `${file}.ts`);
  if (!existsSync(source)) throw new NotInPackage();
  const { [name]: command } = (await import(pathToFileURL(source).href)) as Readonly<Record<string, Command>>;
  if (command === undefined) throw new Error(`${source} has no ${name}`);
  return command;
}

class NotInPackage extends Error {}

const HELP = `fenqi — open POS terminal firmware, its emulators and its tools

  fenqi COMMAND [options]

${Object.entries(COMMANDS)
  .map(([name, { about }]) => `  ${name.padEnd(13)} ${about}`)
  .join('\n')}

  fenqi COMMAND --help says more. Not PCI- or EMVCo-approved; the emulators are for development only.
`;

async function main([name, ...args]: string[]): Promise<number> {
  const io = stdinIo();
  if (name === undefined || name === '--help' || name === 'help') {
    io.out(HELP);
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    io.err(`fenqi: there is no command "${name}"; see fenqi --help`);
    return 2;
  }
  try {
    return await (
      await command.load()
    )(args, io);
  } catch (error) {
    if (error instanceof NotInPackage) {
      io.err(`fenqi ${name}: works in a checkout of the project alone`);
      return 2;
    }
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('ERR_PARSE_ARGS') !== true) throw error;
    io.err(`fenqi ${name}: ${scrub(message)}; see fenqi ${name} --help`);
    return 2;
  }
}

// The second start need not compile again.
enableCompileCache();
// A reader that has seen enough (`fenqi … | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});
process.exitCode = await main(process.argv.slice(2));
