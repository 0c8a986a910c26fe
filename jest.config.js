/** Jest in ESM mode: several dependencies are ESM only, and the sources import each other with their real `.ts` names. */
export default {
  testEnvironment: 'node',
  // Tests over ptys run in real time; a machine that is busy with all the others must not fail them.
  testTimeout: 30_000,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
};
