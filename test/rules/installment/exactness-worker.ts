import { workerData } from 'node:worker_threads';
import { firstFault } from './exactness.ts';

const { cases, seed } = workerData as { readonly cases: number; readonly seed: number };
const found = firstFault(cases, seed);
if (found !== undefined) throw new Error(found);
