/** What boots images in QEMU: minutes each, so it has a command of its own, `npm run test:image`. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import config from '../../jest.config.js';

export default {
  ...config,
  rootDir: dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
  testMatch: ['<rootDir>/test/emulator/**/*.emulated.ts'],
  globalSetup: '<rootDir>/test/emulator/prepare-images.ts',
  // A machine takes a whole core: two of them fit on two.
  maxWorkers: 2,
  testTimeout: 900_000,
  // Emulated devices wait for their customers for up to a minute after the machine is gone.
  forceExit: true,
  reporters: ['default', '<rootDir>/test/emulator/step-reporter.js'],
};
