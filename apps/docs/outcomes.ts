/** `node apps/docs/outcomes.ts [--check]`: writes the outcome tables of docs/testing.md from the simulators. */
import process from 'node:process';
import { withOutcomeTables } from './outcome-tables.ts';
import { readPage, settlePage } from './page.ts';

process.exitCode = settlePage('docs/testing.md', withOutcomeTables(readPage('docs/testing.md')));
