import { describe, expect, it } from '@jest/globals';
import { readCharts, statesOf } from '../../apps/charts/read-charts.ts';
import { readPage } from '../../apps/docs/page.ts';
import { statesPage } from '../../apps/docs/state-pages.ts';

const PAGE = readPage('docs/states.md');

describe('docs/states.md', () => {
  it('is as the statecharts are (npm run docs writes it)', async () => {
    expect(await statesPage()).toBe(PAGE);
  });

  it('has every chart with every state and its Chinese name, and tells every delay', async () => {
    for (const chart of await readCharts()) {
      expect(PAGE).toContain(`\n## ${chart.machine.id}\n`);
      for (const { key, meta } of statesOf(chart)) {
        expect(PAGE).toContain(`| \`${key}\` | ${(meta as { zh: string }).zh} |`);
      }
      expect(chart.about).not.toBe('');
      expect(chart.delays.map(([name]) => name)).toEqual(Object.keys(chart.machine.implementations.delays));
    }
  });

  it('draws arrows between states of the chart only, with labels that Mermaid can read', () => {
    const diagrams = PAGE.split('```mermaid\n').slice(1);
    expect(diagrams.length).toBeGreaterThan(7);
    for (const diagram of diagrams.map((text) => text.split('```')[0] ?? '')) {
      const states = new Set([...diagram.matchAll(/^ {2}state "[^"]+" as (\w+)$/gm)].map(([, state]) => state));
      const arrows = [...diagram.matchAll(/^ {2}(\S+) --> (\S+)(.*)$/gm)];
      const ends = arrows.flatMap(([, from, to]) => [from, to]).filter((end) => end !== '[*]');
      expect(ends.filter((end) => !states.has(end))).toEqual([]);
      expect(arrows.map(([, , , label = '']) => label).filter((label) => !/^(?: : [\w ,]+)?$/.test(label))).toEqual([]);
      expect([...states].filter((state) => !ends.includes(state))).toEqual([]);
    }
  });
});
