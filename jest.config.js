/** Jest in ESM mode: several dependencies are ESM only, and the sources import each other with their real `.ts` names. */
export default {
  testEnvironment: 'node',
  // Tests over ptys run in real time; a machine that is busy with all the others must not fail them.
  testTimeout: 30_000,
  // Half the time of one worker on two cores, which would be the usual number there.
  maxWorkers: 2,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  // Where money is decided and remembered no branch is untested; `npm run coverage` runs the tests that are about it.
  collectCoverageFrom: [
    'firmware/{journal,protocol/cup,protocol/iso8583,protocol/tlv,recovery,rules,settlement}/**/*.ts',
    'drivers/journal/*.ts',
  ],
  coverageReporters: [['text', { skipFull: true }]],
  coverageThreshold: { global: { branches: 100, functions: 100 } },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
};
