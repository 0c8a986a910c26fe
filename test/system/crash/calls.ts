import type { JournalDisk, JournalFile } from '../../../drivers/journal/disk.ts';
import {
  type Exchange,
  HalError,
  type HalErrorKind,
  type HostLink,
  type Ports,
  sleep,
} from '../../../firmware/hal/index.ts';

/** What the terminal calls and what can fail or be cut short under it. The display is of no account. */
export const WATCHED_PORTS = [
  'disk',
  'cardReader',
  'pinPad',
  'keyStore',
  'scanner',
  'printer',
  'acquirer',
  'wallet',
  'walletKeys',
] as const;
export type WatchedPort = (typeof WATCHED_PORTS)[number];

/** One call of something outside the terminal. */
export interface Call {
  readonly port: WatchedPort;
  readonly what: string;
}

/** Ways in which a call fails: an error of the operating system, a lost message, or the kind of a `HalError`. */
export type Failure = 'EIO' | 'ENOSPC' | 'notSent' | 'requestLost' | 'replyLost' | HalErrorKind;

/** Every way in which a port may fail by its own words. */
export const FAILURES: Readonly<Record<WatchedPort, readonly Failure[]>> = {
  disk: ['EIO', 'ENOSPC'],
  cardReader: ['disconnected', 'timeout', 'protocol', 'busy'],
  pinPad: ['disconnected', 'timeout', 'protocol', 'security'],
  keyStore: ['disconnected', 'timeout', 'security'],
  scanner: ['disconnected', 'timeout'],
  printer: ['disconnected', 'timeout'],
  acquirer: ['notSent', 'requestLost', 'replyLost'],
  wallet: ['notSent', 'requestLost', 'replyLost'],
  walletKeys: ['other'],
};

/** Stands around every call: lets it work, cuts it short, or lets it fail in one of the port's ways. */
export type Around = <T>(call: Call, work: () => Promise<T>, fail: (how: Failure) => Promise<T>) => Promise<T>;

/** Ports whose every call goes through `around`; the journal is watched at its disk. */
export function watchedPorts(ports: Ports, around: Around): Ports {
  const watch =
    <Arguments extends readonly unknown[], T>(
      port: WatchedPort,
      what: string,
      work: (...args: Arguments) => Promise<T>,
    ) =>
    (...args: Arguments): Promise<T> =>
      around({ port, what }, () => work(...args), failureOf(port));
  const { cardReader, pinPad, keyStore, scanner, printer, walletKeys } = ports;
  return {
    ...ports,
    cardReader: {
      accepts: cardReader.accepts,
      readCard: watch('cardReader', 'readCard', cardReader.readCard.bind(cardReader)),
      completeChip: watch('cardReader', 'completeChip', cardReader.completeChip.bind(cardReader)),
      waitForRemoval: watch('cardReader', 'waitForRemoval', cardReader.waitForRemoval.bind(cardReader)),
    },
    pinPad: { enterPin: watch('pinPad', 'enterPin', pinPad.enterPin.bind(pinPad)) },
    keyStore: {
      ciphers: keyStore.ciphers,
      status: watch('keyStore', 'status', keyStore.status.bind(keyStore)),
      loadWorkingKey: watch('keyStore', 'loadWorkingKey', keyStore.loadWorkingKey.bind(keyStore)),
      mac: watch('keyStore', 'mac', keyStore.mac.bind(keyStore)),
      encryptTrack: watch('keyStore', 'encryptTrack', keyStore.encryptTrack.bind(keyStore)),
      eraseWorkingKeys: watch('keyStore', 'eraseWorkingKeys', keyStore.eraseWorkingKeys.bind(keyStore)),
    },
    scanner: { scan: watch('scanner', 'scan', scanner.scan.bind(scanner)) },
    printer: {
      columns: printer.columns,
      status: watch('printer', 'status', printer.status.bind(printer)),
      print: watch('printer', 'print', printer.print.bind(printer)),
      openDrawer: watch('printer', 'openDrawer', printer.openDrawer.bind(printer)),
    },
    walletKeys: {
      sign: watch('walletKeys', 'sign', walletKeys.sign.bind(walletKeys)),
      verify: watch('walletKeys', 'verify', walletKeys.verify.bind(walletKeys)),
    },
    acquirer: watchedLink('acquirer', ports, around),
    wallet: watchedLink('wallet', ports, around),
  };
}

function failureOf(port: WatchedPort): (how: Failure) => Promise<never> {
  return async (how) => {
    throw new HalError(how as HalErrorKind, port === 'disk' ? 'journal' : port === 'walletKeys' ? 'vault' : port);
  };
}

function watchedLink(port: 'acquirer' | 'wallet', ports: Ports, around: Around): HostLink {
  const link = ports[port];
  return {
    exchange(message, deadlineMs) {
      const work = (): Promise<Exchange> => link.exchange(message, deadlineMs);
      return around({ port, what: 'exchange' }, work, async (how) => {
        if (how === 'notSent') return { kind: 'notSent', reason: 'unreachable' };
        if (how === 'replyLost') await work();
        else await sleep(ports.clock, deadlineMs);
        return { kind: 'unknown', reason: how === 'replyLost' ? 'disconnected' : 'deadline' };
      });
    },
    onLateReply: (listener) => link.onLateReply(listener),
  };
}

/**
 * A disk whose every write, sync and creation goes through `around`. The disk itself makes a failure, because what a
 * failed write leaves behind is its own affair: `failNext` is told before the operation.
 */
export function watchedDisk(disk: JournalDisk, around: Around, failNext: (how: Failure) => void): JournalDisk {
  const watch = <T>(what: string, work: () => Promise<T>): Promise<T> =>
    around({ port: 'disk', what }, work, (how) => {
      failNext(how);
      return work();
    });
  const watched = (name: string, file: JournalFile): JournalFile => ({
    read: () => file.read(),
    write: (at, bytes) => watch(`write ${name} ${at}+${bytes.length}`, () => file.write(at, bytes)),
    sync: () => watch(`sync ${name}`, () => file.sync()),
    close: () => file.close(),
  });
  return {
    list: () => disk.list(),
    create: (name, sizeBytes) => watch(`create ${name}`, async () => watched(name, await disk.create(name, sizeBytes))),
    open: async (name) => watched(name, await disk.open(name)),
  };
}
