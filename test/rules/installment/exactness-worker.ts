import { parentPort, workerData } from 'node:worker_threads';
import { firstFault } from './exactness.ts';

const { cases, seed } = workerData as { readonly cases: number; readonly seed: number };
parentPort?.postMessage(firstFault(cases, seed) ?? 'none');
