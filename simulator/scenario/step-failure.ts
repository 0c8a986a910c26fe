/** A step that cannot be carried out, or an expectation that did not come true. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
}
