import type { CliIo } from '../cli/lines.ts';
import type { Screen } from './progress-line.ts';

/** Asks for a name to be typed. Where nobody sits nobody is asked, and nothing is done. */
export async function consent(
  question: { readonly name: string; readonly loss: string },
  io: CliIo,
  screen: Screen,
): Promise<'yes' | 'no' | 'nobody'> {
  if (!screen.isTerminal) return 'nobody';
  io.err(question.loss);
  io.err(`Type ${question.name} to go on / 输入 ${question.name} 继续:`);
  for await (const line of io.lines) return line.trim() === question.name ? 'yes' : 'no';
  return 'no';
}
