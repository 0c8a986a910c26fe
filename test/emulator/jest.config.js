/** What boots images in QEMU: minutes each, so it has a command of its own, `npm run test:image`. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import config from '../../jest.config.js';

export default {
  ...config,
  rootDir: dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
  testMatch: ['<rootDir>/test/emulator/**/*.emulated.ts'],
  // A machine takes a whole core.
  maxWorkers: 1,
  testTimeout: 900_000,
  reporters: ['default', '<rootDir>/test/emulator/step-reporter.js'],
};
