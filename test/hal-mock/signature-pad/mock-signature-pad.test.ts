import { describe, expect, it } from '@jest/globals';
import { NEVER_CANCELLED } from '../../../firmware/base/cancel.ts';
import { NO_SIGNATURE_PAD } from '../../../firmware/hal/index.ts';
import { MockSignaturePad } from '../../../hal-mock/devices/signature-pad/mock.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';
import { signaturePadContract } from '../../contract/signature-pad.contract.ts';
import { virtualTime } from '../../drivers/serial/bench.ts';

signaturePadContract('mock', () => {
  const clock = new VirtualClock();
  const mock = new MockSignaturePad(clock);
  return Promise.resolve({ pad: mock, controls: mock, time: virtualTime(clock), close: () => Promise.resolve() });
});

describe('a terminal without a panel', () => {
  it.each([
    ['that says so for good', NO_SIGNATURE_PAD],
    ['of the mock', new MockSignaturePad(new VirtualClock(), false)],
  ])('%s rejects with unsupported', async (_, pad) => {
    expect(pad.isPresent).toBe(false);
    await expect(pad.capture({ timeoutMs: 1_000 }, NEVER_CANCELLED)).rejects.toMatchObject({
      name: 'HalError',
      kind: 'unsupported',
      device: 'signaturePad',
    });
  });
});

describe('hands at a panel that does not ask', () => {
  it('are told so', () => {
    const pad = new MockSignaturePad(new VirtualClock());
    expect([pad.sign(), pad.refuse()]).toEqual([false, false]);
  });
});
