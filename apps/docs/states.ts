/** `node apps/docs/states.ts [--check]`: writes docs/states.md from the statecharts. */
import process from 'node:process';
import { settlePage } from './page.ts';
import { statesPage } from './state-pages.ts';

process.exitCode = settlePage('docs/states.md', await statesPage());
