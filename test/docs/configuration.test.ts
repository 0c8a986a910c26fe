import { describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { readFileSync } from 'node:fs';
import { parseDeviceConfig } from '../../apps/device/config.ts';
import { DRIVERS } from '../../apps/device/device-table.ts';
import { PROFILES } from '../../apps/device/profiles.ts';
import { pbmOf } from '../../apps/pbm.ts';
import { parseConfig } from '../../apps/config.ts';
import { drawSeal } from '../../apps/docs/seal-drawing.ts';
import { readPage } from '../../apps/docs/page.ts';
import type { PlanMethod } from '../../firmware/rules/installment/settings.ts';
import { DEFAULT_SETTINGS } from '../../firmware/settings.ts';
import { blocksOf, sectionOf, tableRows } from './page-tables.ts';

const PAGE = readPage('docs/operations.md');
const DEVICE_SECTION = sectionOf(PAGE, '## On a device');
const ROWS = tableRows(sectionOf(PAGE, '## Configuration'));
const DOCUMENTED = new Map(ROWS.map(([key = '', value = '']) => [key.replaceAll('`', ''), value]));

/** Every setting that has a value of its own, by its path; a list is one value. */
function leavesOf(value: unknown, path: string): (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, path === '' ? name : `${path}.${name}`));
}

/** A configuration that says this one thing, and for plans what must stand beside it. */
function configurationOf(path: string, value: unknown): string {
  const names = path.split('.');
  const [first, method = '', member = ''] = names;
  const said = names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
  if (first !== 'installments') return stringify(said);
  const plans = { ...DEFAULT_SETTINGS.installments[method as PlanMethod], [member]: value };
  return stringify({ installments: { [method]: plans } });
}

const LEAVES = leavesOf(DEFAULT_SETTINGS, '');
const ACCEPTED = LEAVES.filter(([path, value]) => parseConfig(configurationOf(path, value)).kind === 'valid');

describe('the configuration table', () => {
  it('has every key that a configuration may hold, and no other', () => {
    expect([...DOCUMENTED.keys()]).toEqual(ACCEPTED.map(([path]) => path));
  });

  it('has the defaults', () => {
    const shown = (path: string, value: unknown): string => {
      if (path === 'methods') return (value as readonly { id: string }[]).map(({ id }) => id).join(', ');
      if (Array.isArray(value)) return `${value.map(({ periods }: { periods: number }) => periods).join(', ')} periods`;
      return typeof value === 'string' && /^\d+$/.test(value) ? `\`"${value}"\`` : `\`${String(value)}\``;
    };
    expect(ACCEPTED.map(([path, value]) => [path, shown(path, value)])).toEqual([...DOCUMENTED]);
  });

  it('names the choices where there are some', () => {
    for (const [path, good, bad] of [
      ['acquirer.signOnScheme', ['001', '003', '004'], '006'],
      ['acquirer.macAlgorithm', ['cup-ecb'], 'x9.19'],
      ['language', ['zh', 'en'], 'fr'],
    ] as const) {
      const [, , meaning = ''] = ROWS.find(([key]) => key === `\`${path}\``) ?? [];
      for (const choice of good) {
        expect(parseConfig(configurationOf(path, choice)).kind).toBe('valid');
        expect(meaning).toContain(choice);
      }
      expect(parseConfig(configurationOf(path, bad)).kind).toBe('invalid');
    }
  });

  it('is followed by examples that are taken', () => {
    const examples = blocksOf(PAGE.replace(DEVICE_SECTION, ''), 'yaml');
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(parseConfig(example, () => pbmOf(drawSeal()))).toMatchObject({ kind: 'valid' });
    }
  });
});

describe('the table of a device', () => {
  const [example = ''] = blocksOf(DEVICE_SECTION, 'yaml');
  const authority = readFileSync(new URL('../fixtures/tls/authority.pem', import.meta.url));
  const keys = tableRows(DEVICE_SECTION).map(([key = '']) => key.replaceAll('`', ''));

  it('is followed by an example that is taken', () => {
    expect(parseDeviceConfig(example, () => authority)).toMatchObject({ kind: 'valid' });
  });

  it('has every member that is no setting', () => {
    const checked = parseDeviceConfig(example, () => authority);
    const members = checked.kind === 'valid' ? Object.keys(checked.value).filter((name) => name !== 'settings') : [];
    expect(members).toEqual(expect.arrayContaining(['devices', 'hosts', 'supervisors', 'profile', 'updates']));
    for (const member of members) expect(keys.some((key) => key.split('.')[0] === member)).toBe(true);
  });

  it('names every driver and every profile', () => {
    for (const [device, drivers] of Object.entries(DRIVERS)) {
      const row = tableRows(DEVICE_SECTION).find(([key]) => key === `\`devices.${device}\``);
      expect(Object.keys(drivers).filter((driver) => row?.[2]?.includes(`\`${driver}\``) !== true)).toEqual([]);
    }
    expect(Object.keys(PROFILES).filter((profile) => !DEVICE_SECTION.includes(`\`${profile}\``))).toEqual([]);
  });
});
