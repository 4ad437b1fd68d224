import type { BilingualText } from "../indicators/language.js";

/** A command line that cannot be run. Nothing was done; the exit code is 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  constructor(readonly text: BilingualText) {
    super(text.en);
  }
}
