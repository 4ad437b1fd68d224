import type { BilingualText } from "../indicators/language.js";
import type { Terminal } from "./terminal.js";

export interface CommandOption {
  /** What stands for the value in the help; absent on a switch. */
  value?: string;
  describe: BilingualText;
}

export interface Flags {
  /** The value of an option, undefined when it was not given. */
  text(name: string): string | undefined;
  /** Whether a switch was given. */
  on(name: string): boolean;
}

/** One word after `chainwatch`. */
export interface Command {
  name: string;
  /** One line, for the list of commands. */
  summary: BilingualText;
  /** By name without the dashes. `--json`, `--lang` and `--help` are on every command. */
  options: Readonly<Record<string, CommandOption>>;
  /** What `--json` prints. */
  json: BilingualText;
  examples: readonly { command: string; describe: BilingualText }[];
  /** @returns the exit code: 0 done, 1 it did not work. */
  run(flags: Flags, terminal: Terminal): Promise<number>;
}
