import type { BilingualText } from "../indicators/language.js";
import type { Terminal } from "./terminal.js";

export interface CommandOption {
  /** What stands for the value in the help; absent on a switch. */
  value?: string;
  describe: BilingualText;
}

/** The words that a command takes beside its options. */
export interface CommandWords {
  /** What stands for them in the help: `FILE`. */
  value: string;
  describe: BilingualText;
  /** How many it needs. */
  least: number;
  /** How many it takes; `Infinity` for any number. */
  most: number;
}

export interface Flags {
  /** The words that are no options, in their order. */
  readonly words: readonly string[];
  /** The value of an option, undefined when it was not given. */
  text(name: string): string | undefined;
  /** Whether a switch was given. */
  on(name: string): boolean;
  /** The values of those that are given, by their names. */
  given(...names: string[]): Record<string, string>;
}

/** What `chainwatch serve`, or in a group `chainwatch rules check`, does. */
export interface Command {
  name: string;
  /** One line, for the list of commands. */
  summary: BilingualText;
  /** By name without the dashes. `--json`, `--lang` and `--help` are on every command. */
  options: Readonly<Record<string, CommandOption>>;
  /** Absent: it takes options only. */
  words?: CommandWords;
  /** What `--json` prints. */
  json: BilingualText;
  examples: readonly { command: string; describe: BilingualText }[];
  /** @returns the exit code: 0 done, 1 it did not work. */
  run(flags: Flags, terminal: Terminal): Promise<number>;
}

/** A word after `chainwatch` that is followed by the name of a command: `rules`. */
export interface CommandGroup {
  name: string;
  /** One line, for the list of commands. */
  summary: BilingualText;
  commands: readonly Command[];
}
