/**
 * `node apps/docs/simulation.ts [--check]`: writes the tables of invariants and faults of docs/reliability.md. The counts
 * are those of docs/simulation.json, the report of `npm run simulate -- --seeds N --gate --json`.
 */
import process from 'node:process';
import { readPage, settlePage } from './page.ts';
import { withSimulationTables } from './simulation-tables.ts';

process.exitCode = settlePage('docs/reliability.md', withSimulationTables(readPage('docs/reliability.md')));
