import type { BoardKeys } from "../dashboard/board-keys.js";
import type { BoardOutput } from "../dashboard/live-screen.js";
import type { Language } from "../indicators/language.js";

/** Where a command speaks, and what it may know of its surroundings. */
export interface Terminal {
  /** Standard output itself, for what draws. */
  readonly screen: BoardOutput;
  /** The keyboard, for what draws; opened only there. */
  keys?(): BoardKeys;
  /** Asks on standard error and gives the line that is typed; absent where nobody can answer. */
  ask?(question: string): Promise<string>;
  /** Whether colours may be used on it. */
  readonly color: boolean;
  /** A line of the command's result, on standard output. */
  out(line: string): void;
  /** Progress, warnings and errors, on standard error. */
  err(line: string): void;
  readonly language: Language;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly stop: AbortSignal;
}
