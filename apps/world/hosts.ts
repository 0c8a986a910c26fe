import { rootCertificates } from 'node:tls';
import type { Clock, HostLink, Random } from '../../firmware/hal/index.ts';
import { HttpsWalletLink } from '../../drivers/host-link/https-link.ts';
import { LengthFramedLink } from '../../drivers/host-link/length-framed-link.ts';
import { tcpDial, urlDial } from '../../drivers/linux/tcp-dial.ts';
import { Acquirer } from '../../simulator/acquirer/acquirer.ts';
import { listenAcquirer } from '../../simulator/acquirer/tcp-server.ts';
import { memoryDial } from '../../simulator/network.ts';
import { GATEWAY_PATH, listenWallet } from '../../simulator/wallet/http-server.ts';
import { memoryWalletLink } from '../../simulator/wallet-link.ts';
import { Wallet } from '../../simulator/wallet/wallet.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** One way, in memory: what a mobile network takes on a good day. */
const LATENCY_MS = 40;

/** The hosts of a simulated world, and links to them; new links for each life of the terminal. */
export interface Hosts {
  readonly acquirer: Acquirer;
  readonly wallet: Wallet;
  openLinks(): { readonly acquirer: HostLink; readonly wallet: HostLink; close(): void };
  close(): Promise<void>;
}

export interface HostOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** `memory` needs no sockets and runs under virtual time; `loopback` is TCP and HTTP on 127.0.0.1. */
  readonly network: 'memory' | 'loopback';
  /** Hosts that run elsewhere; those of this world then stay idle. */
  readonly remote?: RemoteHosts;
}

/** Where a terminal finds hosts that are not of its own world. */
export interface RemoteHosts {
  readonly acquirer: { readonly host: string; readonly port: number };
  /** `https`, or `http` on this machine. */
  readonly walletUrl: string;
}

export async function openHosts({ clock, random, network, remote }: HostOptions): Promise<Hosts> {
  const acquirer = new Acquirer({ clock, random });
  const wallet = new Wallet({ clock });
  if (remote !== undefined) {
    return { acquirer, wallet, openLinks: () => tcpLinks(clock, remote), close: () => Promise.resolve() };
  }
  if (network === 'memory') return memoryHosts(acquirer, wallet, clock);
  const tcp = await listenAcquirer(acquirer, { port: 0 });
  const http = await listenWallet(wallet, { port: 0 });
  const here = {
    acquirer: { host: '127.0.0.1', port: tcp.port },
    walletUrl: `http://127.0.0.1:${http.port}${GATEWAY_PATH}`,
  };
  return {
    acquirer,
    wallet,
    openLinks: () => tcpLinks(clock, here),
    async close() {
      await Promise.all([tcp.close(), http.close()]);
    },
  };
}

function tcpLinks(clock: Clock, { acquirer, walletUrl }: RemoteHosts): ReturnType<Hosts['openLinks']> {
  const timing = { clock, connectTimeoutMs: CONNECT_TIMEOUT_MS };
  const acquirerLink = new LengthFramedLink({ dial: tcpDial(acquirer), keepOpen: true, ...timing });
  const dial = urlDial(walletUrl, { ca: [...rootCertificates] });
  const walletLink = new HttpsWalletLink({ url: walletUrl, dial, ...timing });
  return {
    acquirer: acquirerLink,
    wallet: walletLink,
    close() {
      acquirerLink.close();
      walletLink.close();
    },
  };
}

function memoryHosts(acquirer: Acquirer, wallet: Wallet, clock: Clock): Hosts {
  return {
    acquirer,
    wallet,
    openLinks() {
      const link = new LengthFramedLink({
        dial: memoryDial(acquirer, clock, LATENCY_MS),
        clock,
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        keepOpen: true,
      });
      return { acquirer: link, wallet: memoryWalletLink(wallet, clock, LATENCY_MS), close: () => link.close() };
    },
    close: () => Promise.resolve(),
  };
}
