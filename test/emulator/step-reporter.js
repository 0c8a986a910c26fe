/** Says each step as it ends, where one takes a minute and a suite several. */
import process from 'node:process';

const MARKS = { passed: '✓', failed: '✕', pending: '–' };

export default class StepReporter {
  onTestCaseResult(_test, { status, fullName, duration, failureMessages }) {
    const time = duration === undefined || duration === null ? '' : ` (${(duration / 1000).toFixed(1)} s)`;
    const lines = [`${MARKS[status] ?? status} ${fullName}${time}`, ...failureMessages];
    process.stderr.write(`${lines.join('\n')}\n`);
  }
}
