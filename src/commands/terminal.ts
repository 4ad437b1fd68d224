import type { Language } from "../indicators/language.js";

/** Where a command speaks, and what it may know of its surroundings. */
export interface Terminal {
  /** One line (or lines) of the command's result: standard output. */
  out(text: string): void;
  /** Progress, warnings and errors: standard error. */
  err(text: string): void;
  readonly language: Language;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly stop: AbortSignal;
}
