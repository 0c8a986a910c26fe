import type { ReadStream } from 'node:tty';

/** Pause after each character of a pipe or a file, so that a script typed in advance meets the terminal as a person does. */
const PIPED_PAUSE_MS = 400;

/** One keystroke after the other: raw keys of a terminal, or the characters of piped input. Ends with the input. */
export async function* strokesOf(input: ReadStream | NodeJS.ReadStream): AsyncGenerator<string> {
  const isTerminal = input.isTTY;
  if (isTerminal) input.setRawMode(true);
  try {
    input.setEncoding('utf8');
    for await (const chunk of input as AsyncIterable<string>) {
      for (const stroke of chunk) {
        yield stroke;
        if (!isTerminal) await new Promise((resolve) => setTimeout(resolve, PIPED_PAUSE_MS));
      }
    }
  } finally {
    if (isTerminal) input.setRawMode(false);
    input.pause();
  }
}
