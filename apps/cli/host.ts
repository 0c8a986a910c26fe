import { once } from 'node:events';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { SystemClock } from '../../drivers/linux/clock.ts';
import { SystemRandom } from '../../drivers/linux/random.ts';
import { Acquirer } from '../../simulator/acquirer/acquirer.ts';
import { AMOUNT_OUTCOMES } from '../../simulator/acquirer/outcomes.ts';
import { listenAcquirer } from '../../simulator/acquirer/tcp-server.ts';
import { TEST_TERMINAL } from '../../simulator/acquirer/terminals.ts';
import { listenWallets } from '../../simulator/wallet/http-server.ts';
import { WalletHosts } from '../../simulator/wallet/wallet-hosts.ts';
import type { CliIo } from './lines.ts';

const HOST_HELP = `fenqi host — the simulated acquirer (ISO 8583 over TCP) and wallet (HTTP), on 127.0.0.1

  --acquirer-port N   default 8583; 0 takes any free port
  --wallet-port N     default 8584; 0 takes any free port
  --outcomes          print which amounts have which outcome, and end
  --help              this text

It runs until Ctrl-C. Terminal: ${TEST_TERMINAL.terminalId}, merchant: ${TEST_TERMINAL.merchantId}.
`;

/** Runs the simulated hosts until the process is told to end. */
export async function runHost(args: readonly string[], io: CliIo): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'acquirer-port': { type: 'string', default: '8583' },
      'wallet-port': { type: 'string', default: '8584' },
      outcomes: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) io.out(HOST_HELP);
  if (values.outcomes) for (const { fenEnding, zh, en } of AMOUNT_OUTCOMES) io.out(`x.${fenEnding}  ${zh}  ${en}`);
  if (values.help || values.outcomes) return 0;
  const acquirerPort = portOf(values['acquirer-port']);
  const walletPort = portOf(values['wallet-port']);
  if (acquirerPort === undefined || walletPort === undefined) {
    io.err('fenqi host: a port is a number from 0 to 65535; see fenqi host --help');
    return 2;
  }
  const clock = new SystemClock();
  const acquirer = new Acquirer({ clock, random: new SystemRandom() });
  const wallets = new WalletHosts({ clock });
  try {
    const tcp = await listenAcquirer(acquirer, { port: acquirerPort });
    const http = await listenWallets(wallets, clock, { port: walletPort });
    io.out(`acquirer 127.0.0.1:${tcp.port}`);
    io.out(`wallets  http://127.0.0.1:${http.port}`);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    await Promise.all([tcp.close(), http.close()]);
    return 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    io.err('fenqi host: a port is taken by another program; choose others with --acquirer-port and --wallet-port');
    return 1;
  }
}

function portOf(text: string): number | undefined {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port <= 65_535 ? port : undefined;
}
