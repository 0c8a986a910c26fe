import { describe, expect, it } from '@jest/globals';
import type { HostLink, Ports, ScreenModel } from '../../../firmware/hal/index.ts';
import { shrink } from '../../../simulator/swarm/shrink.ts';
import { caught, play, quietParameters } from './swarm.ts';

/** Terminals that are broken on purpose, and the invariants that may catch them first. */
const CANARIES: readonly {
  readonly name: string;
  readonly breaks: readonly string[];
  readonly sabotage: (ports: Ports) => Ports;
}[] = [
  {
    name: 'a journal that stores nothing',
    breaks: ['I3'],
    sabotage: (ports) => withJournal(ports, () => Promise.resolve()),
  },
  {
    name: 'a journal that answers before the record is durable',
    breaks: ['I3'],
    sabotage: (ports) =>
      withJournal(ports, async (record) => {
        void ports.journalStore.append(record).catch(() => undefined);
      }),
  },
  {
    name: 'a journal that forgets that a sale is being reversed',
    breaks: ['I3'],
    sabotage: (ports) =>
      withJournal(ports, (record) =>
        record.includes('"reversalIntent"') ? Promise.resolve() : ports.journalStore.append(record),
      ),
  },
  {
    name: 'a link that sends again when nobody answers',
    breaks: ['I4'],
    sabotage: (ports) => ({ ...ports, acquirer: sendingAgain(ports.acquirer) }),
  },
  {
    name: 'a screen that says approved too early',
    breaks: ['I20'],
    sabotage: (ports) => ({
      ...ports,
      display: { show: (screen) => ports.display.show(screen.id === 'authorizing' ? approved(screen) : screen) },
    }),
  },
  {
    name: 'a printer that prints every copy twice',
    breaks: ['I9'],
    sabotage: (ports) => ({
      ...ports,
      printer: {
        columns: ports.printer.columns,
        status: () => ports.printer.status(),
        print: async (slip) => {
          await ports.printer.print(slip);
          return ports.printer.print(slip);
        },
      },
    }),
  },
  {
    name: 'a journal that holds card numbers',
    breaks: ['I17'],
    sabotage: (ports) =>
      withJournal(ports, (record) =>
        ports.journalStore.append(record.replace('"sealedPan":"', '"sealedPan":"6299992000000013')),
      ),
  },
  {
    name: 'a key store that believes every MAC',
    breaks: ['I7'],
    sabotage: (ports) => believing(ports),
  },
  {
    name: 'a terminal that never comes back to the till',
    breaks: ['I21'],
    sabotage: (ports) => ({ ...ports, keypad: { onKey: () => () => undefined } }),
  },
];

function withJournal(ports: Ports, append: Ports['journalStore']['append']): Ports {
  return { ...ports, journalStore: { open: () => ports.journalStore.open(), append } };
}

function sendingAgain(link: HostLink): HostLink {
  return {
    onLateReply: (listener) => link.onLateReply(listener),
    exchange: async (message, deadlineMs) => {
      const first = await link.exchange(message, deadlineMs);
      return first.kind === 'unknown' ? link.exchange(message, deadlineMs) : first;
    },
  };
}

function approved(screen: ScreenModel): ScreenModel {
  return { ...screen, id: 'approved', params: { amountFen: screen.params['amountFen'] ?? 0 } };
}

/** Answers the MAC that the last reply carries, whatever its bytes are. */
function believing(ports: Ports): Ports {
  let lastMac: Uint8Array | undefined;
  const { keyStore, acquirer } = ports;
  return {
    ...ports,
    acquirer: {
      onLateReply: (listener) => acquirer.onLateReply(listener),
      exchange: async (message, deadlineMs) => {
        const exchange = await acquirer.exchange(message, deadlineMs);
        lastMac = exchange.kind === 'replied' ? exchange.reply.slice(-8) : undefined;
        return exchange;
      },
    },
    keyStore: {
      ciphers: keyStore.ciphers,
      status: () => keyStore.status(),
      loadWorkingKey: (key) => keyStore.loadWorkingKey(key),
      encryptTrack: (blocks) => keyStore.encryptTrack(blocks),
      eraseWorkingKeys: () => keyStore.eraseWorkingKeys(),
      mac: async (algorithm, data) => {
        // The second byte of an answer's MTI in BCD is 10: 0210, 0410.
        const isAnswer = data[1] === 0x10;
        return isAnswer && lastMac !== undefined ? lastMac : keyStore.mac(algorithm, data);
      },
    },
  };
}

describe('a terminal that is broken on purpose is caught within a few seeds', () => {
  it.each(CANARIES)(
    '$name',
    async ({ breaks, sabotage }) => {
      const result = await caught(sabotage, 60);
      expect(breaks).toContain(result?.violation?.invariant);
      expect(result?.trace.length).toBeGreaterThan(0);
    },
    60_000,
  );
});

describe('a failing run', () => {
  const again = (ports: Ports): Ports => ({ ...ports, acquirer: sendingAgain(ports.acquirer) });

  it('is made small, and what is left still fails in the same way', async () => {
    const failing = await caught(again, 60);
    if (failing === undefined) throw new Error('no seed failed');
    const small = await shrink(failing, (parameters) => play(parameters, again));
    expect(small.violation?.invariant).toBe(failing.violation?.invariant);
    expect(small.hits).toHaveLength(1);
    expect(small.parameters.sales).toBeLessThanOrEqual(failing.parameters.sales);
    const replayed = await play(JSON.parse(JSON.stringify(small.parameters)), again);
    expect([replayed.traceHash, replayed.violation]).toEqual([small.traceHash, small.violation]);
  }, 60_000);

  it('says which sale, and shows the last forty lines at most', async () => {
    const { violation, trace } = await play(quietParameters(8, { faults: { F24: 0.5 } }), again);
    expect(violation?.detail).toMatch(/^000001-\d{6} is sent twice$/);
    expect(trace.length).toBeLessThanOrEqual(40);
    expect(trace.at(-1)).toContain('request 0200');
  });
});
