import type { BilingualText } from "../indicators/language.js";

/** A command that did not work, for a reason that it can name. The exit code is 1. */
export class CommandError extends Error {
  override readonly name: string = "CommandError";

  constructor(readonly text: BilingualText) {
    super(text.en);
  }
}
