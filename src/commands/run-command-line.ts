import { type BilingualText, type Language, languageOf } from "../indicators/language.js";
import { ConfigError } from "../instrument/config-error.js";
import { nearestName } from "../instrument/nearest-name.js";
import { packageVersion } from "../server/package-root.js";
import { RulesFileError } from "../server/rules-file-error.js";
import { alertsCommands } from "./alerts/alerts-commands.js";
import type { Command, CommandGroup, CommandOption } from "./command.js";
import { CommandError } from "./command-error.js";
import { demoCommand } from "./demo-command.js";
import { doctorCommand } from "./doctor-command.js";
import { commandHelp, groupHelp, rootHelp } from "./help-text.js";
import { initCommand } from "./init-command.js";
import { parseFlags } from "./parse-flags.js";
import { receiversCommands } from "./receivers/receivers-commands.js";
import { requestsCommands } from "./requests/requests-commands.js";
import { rulesCommands } from "./rules/rules-commands.js";
import { serveCommand } from "./serve-command.js";
import { silencesCommands } from "./silences/silences-commands.js";
import type { Terminal } from "./terminal.js";
import { topCommand } from "./top-command.js";
import { UsageError } from "./usage-error.js";

type Named = Command | CommandGroup;

const COMMANDS: readonly Named[] = [
  serveCommand,
  topCommand,
  demoCommand,
  doctorCommand,
  initCommand,
  rulesCommands,
  receiversCommands,
  alertsCommands,
  silencesCommands,
  requestsCommands,
];

const LANG_OPTION: CommandOption = {
  value: "en|zh",
  describe: {
    en: "language; default CHAINWATCH_LANG, else the locale",
    zh: "语言；默认取 CHAINWATCH_LANG，否则随系统",
  },
};
const HELP_OPTION: CommandOption = { describe: { en: "this text", zh: "显示本说明" } };

/** Columns of the help. */
const LONGEST_LINE = 100;
const SHORTEST_LINE = 60;

/**
 * Runs one command line.
 *
 * @param args the words after `chainwatch`
 * @returns the exit code: 0 done, 1 it did not work, 2 the command line or a setting is wrong
 */
export async function runCommandLine(
  args: readonly string[],
  surroundings: Omit<Terminal, "language">,
): Promise<number> {
  // `chainwatch help serve` is `chainwatch serve --help`.
  const words = args[0] === "help" ? [...args.slice(1), "--help"] : args;
  const language = languageAskedFor(words) ?? languageOf(surroundings.env);
  const terminal: Terminal = { ...surroundings, language };
  // Long lines are hard to read even where the terminal has room for them.
  const columns = Math.min(surroundings.screen.columns || LONGEST_LINE, LONGEST_LINE);
  const style = { language, columns: Math.max(columns, SHORTEST_LINE) };
  const { path, named, rest } = findCommand(words);
  const call = path.join(" ");
  try {
    const [next] = rest;
    if (named === undefined && next === "--version") {
      terminal.out(packageVersion());
      return 0;
    }
    if (named === undefined || "commands" in named) {
      if (next !== undefined && next !== "--help") throw unknownCommand(next, call, named?.commands ?? COMMANDS);
      terminal.out(named === undefined ? rootHelp(COMMANDS, style) : groupHelp(named, style));
      return next === undefined ? 2 : 0;
    }
    const options = {
      ...named.options,
      json: { describe: named.json },
      lang: LANG_OPTION,
      help: HELP_OPTION,
    };
    const flags = parseFlags(rest, options, named.words);
    if (flags.on("help")) {
      terminal.out(commandHelp(call, named, options, style));
      return 0;
    }
    checkLanguage(flags.text("lang"));
    return await named.run(flags, terminal);
  } catch (error) {
    return report(error, call, terminal);
  }
}

/** The command that the first words name, or the group as far as they go. */
function findCommand(words: readonly string[]): { path: string[]; named?: Named; rest: readonly string[] } {
  const path: string[] = [];
  let named: Named | undefined;
  let choice: readonly Named[] = COMMANDS;
  for (const word of words) {
    const found = choice.find(({ name }) => name === word);
    if (found === undefined) break;
    path.push(word);
    named = found;
    choice = "commands" in found ? found.commands : [];
  }
  return { path, ...(named && { named }), rest: words.slice(path.length) };
}

/** Known before the command line is checked, so that its errors too are in the language asked for. */
function languageAskedFor(args: readonly string[]): Language | undefined {
  const at = args.findIndex((word) => word === "--lang" || word.startsWith("--lang="));
  const value = args[at]?.split("=")[1] ?? args[at + 1];
  return at >= 0 && (value === "en" || value === "zh") ? value : undefined;
}

function checkLanguage(value: string | undefined): void {
  if (value === undefined || value === "en" || value === "zh") return;
  throw new UsageError({
    en: `option --lang: expected en or zh, found ${JSON.stringify(value)}`,
    zh: `选项 --lang 只能是 en 或 zh，却给了 ${JSON.stringify(value)}`,
  });
}

function unknownCommand(word: string, call: string, choice: readonly Named[]): UsageError {
  const names = choice.map(({ name }) => name);
  const isOption = word.startsWith("-");
  const kind: BilingualText = isOption ? { en: "option", zh: "选项" } : { en: "command", zh: "命令" };
  const options = call === "" ? ["--help", "--version"] : ["--help"];
  const near = nearestName(word, isOption ? options : names);
  const found = JSON.stringify(isOption || call === "" ? word : `${call} ${word}`);
  return new UsageError({
    en: `unknown ${kind.en} ${found}${near === undefined ? `: the commands are ${names.join(", ")}` : `: did you mean ${near}?`}`,
    zh: `未知${kind.zh} ${found}${near === undefined ? `，可用的命令：${names.join("、")}` : `，是不是 ${near}？`}`,
  });
}

function report(error: unknown, call: string, terminal: Terminal): number {
  if (error instanceof UsageError) {
    const command = call === "" ? "" : ` ${call}`;
    const more = { en: `Help: chainwatch${command} --help`, zh: `帮助：chainwatch${command} --help` };
    terminal.err(`chainwatch: ${error.text[terminal.language]}\n${more[terminal.language]}`);
    return 2;
  }
  if (error instanceof CommandError) {
    terminal.err(`chainwatch: ${error.text[terminal.language]}`);
    return 1;
  }
  // A setting that cannot work says itself what was expected, where, and the cure.
  if (error instanceof ConfigError) {
    terminal.err(error.text[terminal.language]);
    return 2;
  }
  terminal.err(`chainwatch: ${error instanceof Error ? error.message : String(error)}`);
  return error instanceof RulesFileError ? 2 : 1;
}
