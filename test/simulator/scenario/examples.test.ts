import { describe, expect, it } from '@jest/globals';
import { parseScenario, parseScenarios, ScenarioError } from '../../../simulator/scenario/format.ts';

const TWO_TABLES = `
name: Sale
given: { decideWithin: '\${limit}' }
examples:
  plan:
    - { name: three, periods: 3, fee: '27.60' }
    - { name: twelve, periods: 12, fee: '90.00', transports: memory }
  outcome:
    - { name: paid, limit: 6s, ending: [{ wait: 1s }, '\${more}'], more: [{ wait: 2s }] }
    - { name: refused, limit: 9s, ending: [], more: [] }
steps:
  - expect: { periods: '\${periods}', receipt: ['\${periods}期', '\${fee}'] }
  - '\${ending}'
  - wait: 5s
`;

function problemsOf(text: string): readonly string[] {
  try {
    parseScenarios(text);
    return [];
  } catch (error) {
    if (error instanceof ScenarioError) return error.problems;
    throw error;
  }
}

describe('examples of a scenario', () => {
  const scenarios = parseScenarios(TWO_TABLES);

  it('make a scenario of every combination, with a name of its own', () => {
    expect(scenarios.map(({ name, transports }) => [name, transports])).toEqual([
      ['Sale: three, paid', undefined],
      ['Sale: three, refused', undefined],
      ['Sale: twelve, paid', 'memory'],
      ['Sale: twelve, refused', 'memory'],
    ]);
  });

  it('put values in as they are, into texts as text, and lists in place of steps', () => {
    const [paid, refused] = scenarios;
    expect(paid?.given).toEqual({ decideWithin: 6000 });
    expect(paid?.steps).toEqual([
      { expect: { periods: 3, receipt: ['3期', '27.60'] } },
      { wait: 1000 },
      { wait: 2000 },
      { wait: 5000 },
    ]);
    expect(refused?.steps.slice(1)).toEqual([{ wait: 5000 }]);
  });

  it('are for files that may hold several scenarios', () => {
    expect(() => parseScenario(TWO_TABLES)).toThrow('one scenario is wanted');
  });

  it.each([
    [
      'a row without a name',
      'name: x\nexamples: [{ a: 1 }]\nsteps: [{ wait: "${a}" }]',
      [/^line 2: examples.0: a row has a name/],
    ],
    ['no rows', 'name: x\nexamples: []\nsteps: [{ wait: 1s }]', [/^line 2: examples: examples are a list/]],
    [
      'a value that is not there',
      'name: x\nexamples: [{ name: r }]\nsteps: [{ wait: "${a}" }]',
      [/^line 3: .*row "r" has no a$/],
    ],
    [
      'a value that nobody uses',
      'name: x\nexamples: [{ name: r, a: 1s }]\nsteps: [{ wait: 1s }]',
      [/^line 2: .*is used by no step$/],
    ],
    [
      'steps in a circle',
      'name: x\nexamples: [{ name: r, a: ["${a}"] }]\nsteps: ["${a}"]',
      [/value of a holds itself$/],
    ],
    [
      'another transport',
      'name: x\nexamples: [{ name: r, transports: pty }]\nsteps: [{ wait: 1s }]',
      [/^line 2: examples.0.transports/],
    ],
    [
      'a wrong step of a row',
      'name: x\nexamples:\n  - name: r\n    a:\n      - wait: soon\nsteps: ["${a}"]',
      [/^line 5: examples.0.a.0.wait: a duration/],
    ],
  ])('say what is wrong with %s, and where', (_name, text, expected) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(problems[index]).toMatch(pattern);
  });
});

describe('people of a scenario', () => {
  it.each([
    ['customer: { scan: wechat/nobody }', 'a code is an id of Alipay (ordinary, '],
    ['customer: { scan: jd/baitiao/phone }', 'jd/ID/account (baitiao, '],
    ['customer: { scanShown: unionpay/ordinary }', 'a customer is one of '],
    ['customer: { smsCode: "12a456" }', 'an SMS code is that of somebody'],
    ['cashier: { account: huabei }', 'an account is that of one of jd/baitiao, '],
    ['phone: { customer: jd/baitiao, does: sing }', 'passFace, refuseFace'],
    ['wallet: { host: unionpay, down: true }', 'one of alipay, wechat, jd, lakala'],
  ])('%s is refused', (step, hint) => {
    expect(problemsOf(`name: x\nsteps: [{ ${step} }]`).join()).toContain(hint);
  });

  it.each([
    ['ordinary'],
    ['alipay/huabei'],
    ['wechat/ordinary'],
    ['lakala/jd/credit'],
    ['jd/baitiao/account'],
    ['http://x/y'],
  ])('%s can be scanned', (code) => {
    expect(problemsOf(`name: x\nsteps: [{ customer: { scan: "${code}" } }]`)).toEqual([]);
  });
});
