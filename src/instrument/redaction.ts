import type { TextFilter } from "./bounded-json.js";

/**
 * The user's own redaction of captured text.
 *
 * @param where The attribute that the text goes to, such as `gen_ai.input.messages`.
 * @returns The text to send.
 */
export type Redact = (text: string, where: string) => string;

const FAILED = "[redaction failed]";

/** Runs the user's redaction so that its faults neither reach the app nor let text through. */
export class Redaction {
  readonly #redact: Redact | undefined;
  readonly #onFault: (fault: unknown) => void;
  readonly #filters = new Map<string, TextFilter>();

  /** @param onFault Called once for each text whose redaction threw or did not return a string. Must not throw. */
  constructor(redact: Redact | undefined, onFault: (fault: unknown) => void) {
    this.#redact = redact;
    this.#onFault = onFault;
  }

  /** @returns `undefined` when the user gave no redaction. */
  filter(where: string): TextFilter | undefined {
    const redact = this.#redact;
    if (redact === undefined) return undefined;
    let filter = this.#filters.get(where);
    if (filter === undefined) {
      filter = (text) => this.#run(redact, text, where);
      this.#filters.set(where, filter);
    }
    return filter;
  }

  #run(redact: Redact, text: string, where: string): string {
    try {
      const redacted: unknown = redact(text, where);
      if (typeof redacted === "string") return redacted;
      this.#onFault(new TypeError(`redact returned ${typeof redacted} for ${where}, expected a string`));
    } catch (fault) {
      this.#onFault(fault);
    }
    return FAILED;
  }
}
