/** Text that comes in pieces, for whoever waits for words in it. */
const GIVE_UP_MS = 180_000;
/** Enough to see what happened before. */
const SHOWN_AT_FAILURE = 3000;

export class WatchedText {
  readonly #decoder = new TextDecoder();
  #text = '';
  #seen = 0;
  #failure: Error | undefined;
  #look: () => void = () => undefined;

  /** Bytes are those of one stream, whose characters may be cut. */
  add(piece: Uint8Array | string): void {
    this.#text += typeof piece === 'string' ? piece : this.#decoder.decode(piece, { stream: true });
    this.#look();
  }

  get text(): string {
    return this.#text;
  }

  /** Whoever waits now or later gets the error: no more text will come. */
  fail(error: Error): void {
    this.#failure = error;
    this.#look();
  }

  /** Resolves when the words appear after everything that was waited for before. */
  shows(words: string, withinMs = GIVE_UP_MS): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        this.#look = () => undefined;
        clearTimeout(timer);
        settle();
      };
      const timer = setTimeout(() => {
        const last = this.#text.slice(-SHOWN_AT_FAILURE);
        end(() => reject(new Error(`"${words}" did not appear within ${withinMs / 1000} s in:\n${last}`)));
      }, withinMs);
      this.#look = () => {
        const at = this.#text.indexOf(words, this.#seen);
        if (at >= 0) {
          this.#seen = at + words.length;
          end(resolve);
        } else if (this.#failure !== undefined) {
          const { message } = this.#failure;
          end(() => reject(new Error(`"${words}" will not appear: ${message}`)));
        }
      };
      this.#look();
    });
  }
}
