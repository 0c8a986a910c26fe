import type { Clock, Dial, HostLink, Random, WalletHost } from '../../firmware/hal/index.ts';
import { HttpsWalletLink, type WalletAddress } from '../../drivers/host-link/https-link.ts';
import { LengthFramedLink } from '../../drivers/host-link/length-framed-link.ts';
import { tcpDial, urlDial } from '../../drivers/linux/tcp-dial.ts';
import { Acquirer } from '../../simulator/acquirer/acquirer.ts';
import { listenAcquirer } from '../../simulator/acquirer/tcp-server.ts';
import { memoryDial } from '../../simulator/network.ts';
import type { ListeningHost } from '../../simulator/listening.ts';
import { NetworkCable } from '../../simulator/network-cable.ts';
import { WALLET_HOSTS } from '../../firmware/protocol/wallet/web-message.ts';
import { memoryWalletLink } from '../../simulator/wallet-link.ts';
import { WalletHosts } from '../../simulator/wallet/wallet-hosts.ts';

const LOOPBACK = '127.0.0.1';
const CONNECT_TIMEOUT_MS = 5_000;
/** One way, in memory: what a mobile network takes on a good day. */
const LATENCY_MS = 40;

/** The hosts of a simulated world, and links to them; new links for each life of the terminal. */
export interface Hosts {
  readonly acquirer: Acquirer;
  readonly wallets: WalletHosts;
  /** Of the acquirer; wallets are reached another way. */
  readonly cable: NetworkCable;
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
  /** `https`, or `http` on this machine; each wallet's host is below it under its name. */
  readonly walletUrl: string;
}

export async function openHosts({ clock, random, network, remote }: HostOptions): Promise<Hosts> {
  const acquirer = new Acquirer({ clock, random });
  const wallets = new WalletHosts({ clock });
  if (remote !== undefined) return remoteHosts(acquirer, wallets, clock, remote);
  if (network === 'memory') return memoryHosts(acquirer, wallets, clock);
  return loopbackHosts(acquirer, wallets, clock);
}

async function loopbackHosts(acquirer: Acquirer, wallets: WalletHosts, clock: Clock): Promise<Hosts> {
  const tcp = await listenAcquirer(acquirer, { port: 0 });
  const cable = new NetworkCable();
  const dialAcquirer = cable.along(tcpDial({ host: LOOPBACK, port: tcp.port }));
  let http: Promise<ListeningHost> | undefined;
  // The wallet begins to listen when somebody calls it, which spares every start the loading of HTTP.
  const listening = async (): Promise<ListeningHost> => {
    const { listenWallets } = await import('../../simulator/wallet/http-server.ts');
    return listenWallets(wallets, clock, { port: 0 });
  };
  const dialWallet: Dial = async () => {
    http ??= listening();
    return tcpDial({ host: LOOPBACK, port: (await http).port })();
  };
  return {
    acquirer,
    wallets,
    cable,
    openLinks: () => tcpLinks(clock, dialAcquirer, dialWallet, `http://${LOOPBACK}`),
    async close() {
      await Promise.all([tcp.close(), (await http)?.close()]);
    },
  };
}

async function remoteHosts(
  acquirer: Acquirer,
  wallets: WalletHosts,
  clock: Clock,
  remote: RemoteHosts,
): Promise<Hosts> {
  const { rootCertificates } = (await import('node:tls')).default;
  const cable = new NetworkCable();
  const dialWallet = urlDial(remote.walletUrl, { ca: [...rootCertificates] });
  return {
    acquirer,
    wallets,
    cable,
    openLinks: () => tcpLinks(clock, cable.along(tcpDial(remote.acquirer)), dialWallet, remote.walletUrl),
    close: () => Promise.resolve(),
  };
}

function tcpLinks(clock: Clock, dialAcquirer: Dial, dialWallet: Dial, walletUrl: string) {
  const timing = { clock, connectTimeoutMs: CONNECT_TIMEOUT_MS };
  const acquirer = new LengthFramedLink({ dial: dialAcquirer, keepOpen: true, ...timing });
  const wallet = new HttpsWalletLink({ hosts: addressesBelow(walletUrl, dialWallet), ...timing });
  return {
    acquirer,
    wallet,
    close() {
      acquirer.close();
      wallet.close();
    },
  };
}

/** Every host below one address, under its name. */
function addressesBelow(url: string, dial: Dial): Record<WalletHost, WalletAddress> {
  const base = url.replace(/\/$/, '');
  const addresses = WALLET_HOSTS.map((host) => [host, { url: `${base}/${host}`, dial }] as const);
  return Object.fromEntries(addresses) as Record<WalletHost, WalletAddress>;
}

function memoryHosts(acquirer: Acquirer, wallets: WalletHosts, clock: Clock): Hosts {
  const cable = new NetworkCable();
  return {
    acquirer,
    wallets,
    cable,
    openLinks() {
      const link = new LengthFramedLink({
        dial: cable.along(memoryDial(acquirer, clock, LATENCY_MS)),
        clock,
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        keepOpen: true,
      });
      return {
        acquirer: link,
        wallet: memoryWalletLink(wallets, clock, LATENCY_MS),
        close: () => link.close(),
      };
    },
    close: () => Promise.resolve(),
  };
}
