import { type BilingualText, type Language, languageOf } from "../indicators/language.js";
import { ConfigError } from "../instrument/config-error.js";
import { nearestName } from "../instrument/nearest-name.js";
import { packageVersion } from "../server/package-root.js";
import type { Command, CommandOption } from "./command.js";
import { CommandError } from "./command-error.js";
import { demoCommand } from "./demo-command.js";
import { doctorCommand } from "./doctor-command.js";
import { commandHelp, rootHelp } from "./help-text.js";
import { parseFlags } from "./parse-flags.js";
import { serveCommand } from "./serve-command.js";
import type { Terminal } from "./terminal.js";
import { topCommand } from "./top-command.js";
import { UsageError } from "./usage-error.js";

const COMMANDS: readonly Command[] = [serveCommand, topCommand, demoCommand, doctorCommand];

const LANG_OPTION: CommandOption = {
  value: "en|zh",
  describe: {
    en: "language; default CHAINWATCH_LANG, else the locale",
    zh: "语言；默认取 CHAINWATCH_LANG，否则随系统",
  },
};
const HELP_OPTION: CommandOption = { describe: { en: "this text", zh: "显示本说明" } };

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
  const [first, ...rest] = args;
  const language = languageAskedFor(rest) ?? languageOf(surroundings.env);
  const terminal: Terminal = { ...surroundings, language };
  try {
    if (first === "--version") {
      terminal.out(packageVersion());
      return 0;
    }
    if (first === undefined || first === "--help") {
      terminal.out(rootHelp(COMMANDS, language));
      return first === undefined ? 2 : 0;
    }
    const command = COMMANDS.find(({ name }) => name === first);
    if (command === undefined) throw unknownCommand(first);
    const options = {
      ...command.options,
      json: { describe: command.json },
      lang: LANG_OPTION,
      help: HELP_OPTION,
    };
    const flags = parseFlags(rest, options);
    if (flags.on("help")) {
      terminal.out(commandHelp(command, options, language));
      return 0;
    }
    checkLanguage(flags.text("lang"));
    return await command.run(flags, terminal);
  } catch (error) {
    return report(error, first, terminal);
  }
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

function unknownCommand(word: string): UsageError {
  const names = COMMANDS.map(({ name }) => name);
  const kind: BilingualText = word.startsWith("-") ? { en: "option", zh: "选项" } : { en: "command", zh: "命令" };
  const near = nearestName(word, word.startsWith("-") ? ["--help", "--version"] : names);
  return new UsageError({
    en: `unknown ${kind.en} ${JSON.stringify(word)}${near === undefined ? `: the commands are ${names.join(", ")}` : `: did you mean ${near}?`}`,
    zh: `未知${kind.zh} ${JSON.stringify(word)}${near === undefined ? `，可用的命令：${names.join("、")}` : `，是不是 ${near}？`}`,
  });
}

function report(error: unknown, first: string | undefined, terminal: Terminal): number {
  if (error instanceof UsageError) {
    const command = COMMANDS.some(({ name }) => name === first) ? ` ${first}` : "";
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
    terminal.err(error.message);
    return 2;
  }
  terminal.err(`chainwatch: ${error instanceof Error ? error.message : String(error)}`);
  return 1;
}
