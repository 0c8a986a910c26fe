import { DEFAULT_SETTINGS } from '../../firmware/settings.ts';
import { JournalFileStore } from '../../drivers/journal/file-store.ts';
import { LengthFramedLink } from '../../drivers/host-link/length-framed-link.ts';
import { MemoryCardVault } from '../../drivers/linux/card-vault.ts';
import { RsaWalletKeys } from '../../drivers/linux/wallet-keys.ts';
import { PRINTER_PROFILES } from '../../drivers/printer-escpos/profile.ts';
import { Neo2Emulator } from '../../hal-mock/devices/card-reader/emulator.ts';
import { MockCardReader } from '../../hal-mock/devices/card-reader/mock.ts';
import { KmyEmulator } from '../../hal-mock/devices/pin-pad/emulator.ts';
import { MockPinPad } from '../../hal-mock/devices/pin-pad/mock.ts';
import { PrinterEmulator } from '../../hal-mock/devices/printer/emulator.ts';
import { MockPrinter } from '../../hal-mock/devices/printer/mock.ts';
import { Gm65Emulator } from '../../hal-mock/devices/scanner/emulator.ts';
import { MockSignaturePad } from '../../hal-mock/devices/signature-pad/mock.ts';
import { MockScanner } from '../../hal-mock/devices/scanner/mock.ts';
import { type HostScript, MockHostLink } from '../../hal-mock/host-link.ts';
import { MockWalletKeys } from '../../hal-mock/wallet-keys.ts';
import { faultyWire, type FaultyWire } from '../../hal-mock/wire/faulty-wire.ts';
import type { WireEnd } from '../../hal-mock/wire/wire-end.ts';
import { memoryDial } from '../../simulator/network.ts';
import { FAULTS } from '../../simulator/swarm/faults.ts';
import { OFFLINE_LIMITS, type SwarmLevel } from '../../simulator/swarm/parameters.ts';
import type { CounterOptions, SwarmCounter, SwarmParts } from '../../simulator/swarm/parts.ts';
import { RsaWalletSignatures } from '../../simulator/wallet/signatures.ts';
import { TEST_APPLICATIONS } from '../../simulator/wallet/merchants.ts';
import { memoryWalletLink } from '../../simulator/wallet-link.ts';
import { TEST_WALLET_KEYS, TEST_WALLET_PRIVATE_KEY } from '../../simulator/wallet/test-keys.ts';
import { type Counter, openDrivers } from './devices.ts';
import { openWire } from './wires.ts';

const STORAGE_KEY = new Uint8Array(32).fill(0x5a);
const CONNECT_TIMEOUT_MS = 5_000;
/** One way, as in the scenarios' world. */
const LATENCY_MS = 40;

/** A shop with one contract for every wallet. */
const AGGREGATED = { alipay: 'lakala', wechat: 'lakala', jd: 'lakala', unionpay: 'lakala' } as const;

/** Two RSA signatures take as long as all the rest of a sale at port level, so there they are mocked on both sides. */
const mockKeys = new MockWalletKeys();
const rsaKeys = new RsaWalletKeys(TEST_WALLET_KEYS);
const rsaSignatures = new RsaWalletSignatures(TEST_APPLICATIONS, TEST_WALLET_PRIVATE_KEY);

/** What a swarm is made of: the shipped journal and vault, over mocked ports or through the shipped drivers. */
export function swarmParts(level: SwarmLevel): SwarmParts {
  return {
    openCounter: level === 'ports' ? openPortCounter : openByteCounter,
    walletSignatures: level === 'ports' ? mockKeys : rsaSignatures,
    openJournal: (disk, segmentBytes) => new JournalFileStore({ disk, segmentBytes }),
    settings: (parameters, terminalId) => ({
      ...DEFAULT_SETTINGS,
      terminalId,
      offline: { ...DEFAULT_SETTINGS.offline, ...OFFLINE_LIMITS, enabled: parameters.sellsOffline },
      acquirer: { ...DEFAULT_SETTINGS.acquirer, replyDeadlineMs: parameters.replyDeadlineMs },
      wallet: {
        ...DEFAULT_SETTINGS.wallet,
        ...(parameters.aggregator ? { routes: AGGREGATED, presents: AGGREGATED } : {}),
        replyDeadlineMs: parameters.walletReplyDeadlineMs,
        decideWithinMs: parameters.decideWithinMs,
      },
    }),
  };
}

async function openPortCounter({ clock, random, acquirer, wallets }: CounterOptions): Promise<SwarmCounter> {
  const vault = new MemoryCardVault(random, STORAGE_KEY);
  const reader = new MockCardReader(clock, random, vault);
  const pinPad = new MockPinPad(clock, vault);
  const scanner = new MockScanner(clock, vault);
  const printer = new MockPrinter(clock);
  return {
    reader,
    pinPad,
    scanner,
    printer,
    openLife: () => ({
      vault,
      pinPad,
      scanner,
      printer,
      walletKeys: mockKeys,
      cardReader: reader,
      keyStore: pinPad,
      acquirer: new MockHostLink(clock, acquirerScript(acquirer, clock)),
      wallet: memoryWalletLink(wallets, clock, LATENCY_MS),
      end: async () => {
        // What the dead process was waiting for ends, so that the next one finds its devices idle.
        for (const device of [reader, pinPad, scanner]) {
          device.unplug();
          device.replug();
        }
      },
    }),
  };
}

/** The acquirer at the other end of a link without bytes. */
function acquirerScript(acquirer: CounterOptions['acquirer'], clock: CounterOptions['clock']): HostScript {
  return ({ message, reply, disconnect }) => {
    clock.setTimeout(() => {
      for (const answer of acquirer.receive(message)) {
        const afterMs = answer.afterMs + LATENCY_MS;
        if (answer.kind === 'close') clock.setTimeout(disconnect, afterMs);
        else reply(answer.kind === 'frame' ? answer.frame : answer.bytes, afterMs);
      }
    }, LATENCY_MS);
  };
}

async function openByteCounter(options: CounterOptions): Promise<SwarmCounter> {
  const { clock, random, acquirer, wallets } = options;
  const wires = {
    cardReader: await openWire('memory'),
    pinPad: await openWire('memory'),
    scanner: await openWire('memory'),
    printer: await openWire('memory'),
  };
  const end = (device: keyof typeof wires): WireEnd => withFaults(wires[device].end, options);
  const counter: Counter = {
    wires,
    reader: new Neo2Emulator(end('cardReader'), clock, random),
    pinPad: new KmyEmulator(end('pinPad'), clock, random),
    scanner: new Gm65Emulator(end('scanner'), clock, random),
    printer: new PrinterEmulator(end('printer'), clock, { widthDots: PRINTER_PROFILES['epson-58'].dots }),
    signaturePad: new MockSignaturePad(clock, false),
    close: async () => {
      await Promise.all(Object.values(wires).map((wire) => wire.close()));
    },
  };
  const { reader, pinPad, scanner, printer } = counter;
  return {
    reader,
    pinPad,
    scanner,
    printer,
    openLife(lifeClock) {
      const vault = new MemoryCardVault(random, STORAGE_KEY);
      const drivers = openDrivers(counter, lifeClock, random, vault);
      const dial = memoryDial(acquirer, clock, LATENCY_MS);
      const link = new LengthFramedLink({
        dial,
        clock: lifeClock,
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        keepOpen: true,
      });
      return {
        ...drivers,
        vault,
        walletKeys: rsaKeys,
        acquirer: link,
        wallet: memoryWalletLink(wallets, clock, LATENCY_MS),
        end: async () => {
          link.close();
          await drivers.close();
        },
      };
    },
  };
}

/** One faulty wire over the other for each fault of serial lines that is on, so that each can count its own hits. */
function withFaults(wire: WireEnd, { clock, random, dice }: CounterOptions): WireEnd {
  let end = wire;
  for (const fault of FAULTS) {
    const rate = dice.rate(fault.id);
    if (fault.wire === undefined || rate === 0) continue;
    const plan = [
      {
        direction: fault.direction ?? 'toHost',
        frames: { oneIn: Math.max(1, Math.round(1 / rate)) },
        fault: fault.wire,
      },
    ] as const;
    const faulty: FaultyWire = faultyWire(end, { clock, random, plan });
    dice.onStop(() => {
      dice.hit(fault.id, faulty.faultCount);
      faulty.setPlan([]);
      faulty.release();
    });
    end = faulty;
  }
  return end;
}
