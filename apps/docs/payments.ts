/** `node apps/docs/payments.ts [--check]`: writes the charts and slips of docs/payments.md from the scenarios. */
import process from 'node:process';
import { readPage, settlePage } from './page.ts';
import { withWaysToPay } from './payment-tables.ts';

process.exitCode = settlePage('docs/payments.md', await withWaysToPay(readPage('docs/payments.md')));
