import { describe, expect, it } from '@jest/globals';
import type { HostLink, Ports } from '../../../firmware/hal/index.ts';
import { shrink } from '../../../simulator/swarm/shrink.ts';
import { caught, play, quietParameters } from './swarm.ts';

/** A link that sends again when nobody answers. */
function sendingAgain(link: HostLink): HostLink {
  return {
    onLateReply: (listener) => link.onLateReply(listener),
    exchange: async (message, deadlineMs) => {
      const first = await link.exchange(message, deadlineMs);
      return first.kind === 'unknown' ? link.exchange(message, deadlineMs) : first;
    },
  };
}

describe('a failing run', () => {
  const again = (ports: Ports): Ports => ({ ...ports, acquirer: sendingAgain(ports.acquirer) });

  it('is made small, and what is left still fails in the same way', async () => {
    const failing = await caught(again, 60);
    if (failing === undefined) throw new Error('no seed failed');
    const small = await shrink(failing, (parameters) => play(parameters, again));
    expect(small.violation?.invariant).toBe(failing.violation?.invariant);
    for (const hit of small.hits) {
      const hits = small.hits.filter((each) => each !== hit);
      expect((await play({ ...small.parameters, hits }, again)).violation).toBeUndefined();
    }
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
