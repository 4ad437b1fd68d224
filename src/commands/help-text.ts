import type { BilingualText, Language } from "../indicators/language.js";
import type { Command, CommandGroup, CommandOption } from "./command.js";

const WORDS = {
  usage: { en: "Usage", zh: "用法" },
  commands: { en: "Commands", zh: "命令" },
  options: { en: "Options", zh: "选项" },
  examples: { en: "Examples", zh: "示例" },
} satisfies Record<string, BilingualText>;

const ABOUT: BilingualText = {
  en: "Chainwatch: observability for LangChain.js, on one machine with nothing else installed.",
  zh: "Chainwatch：LangChain.js 的可观测性，单机即可运行，无需安装其他软件。",
};

const FIRST_STEPS: Command["examples"] = [
  { command: "chainwatch demo", describe: { en: "see it work, without a key", zh: "先看看效果，不需要密钥" } },
  { command: "chainwatch serve", describe: { en: "then watch your own app", zh: "然后观测您自己的应用" } },
  { command: "chainwatch help serve", describe: { en: "the options of a command", zh: "查看某个命令的选项" } },
];

const ROOT_OPTIONS: Record<string, CommandOption> = {
  help: { describe: { en: "this text", zh: "显示本说明" } },
  version: { describe: { en: "the version", zh: "显示版本" } },
};

/** The help of `chainwatch` itself. */
export function rootHelp(commands: readonly (Command | CommandGroup)[], language: Language): string {
  return [
    ABOUT[language],
    "",
    `${WORDS.usage[language]}: chainwatch <command> [options]`,
    "",
    section(
      WORDS.commands[language],
      commands.map(({ name, summary }) => [name, summary[language]]),
    ),
    section(WORDS.options[language], optionRows(ROOT_OPTIONS, language)),
    section(WORDS.examples[language], exampleRows(FIRST_STEPS, language)),
  ].join("\n");
}

/** The help of a word that commands follow. */
export function groupHelp({ name, summary, commands }: CommandGroup, language: Language): string {
  return [
    summary[language],
    "",
    `${WORDS.usage[language]}: chainwatch ${name} <command> [options]`,
    "",
    section(
      WORDS.commands[language],
      commands.map((command) => [command.name, command.summary[language]]),
    ),
    section(
      WORDS.examples[language],
      exampleRows(
        commands.flatMap(({ examples }) => examples.slice(0, 1)),
        language,
      ),
    ),
  ].join("\n");
}

/**
 * The help of one command.
 *
 * @param path the words that call it: `rules check`
 */
export function commandHelp(
  path: string,
  command: Command,
  options: Readonly<Record<string, CommandOption>>,
  language: Language,
): string {
  const { words } = command;
  const value = words === undefined ? "" : ` ${words.value}${words.most > 1 ? " …" : ""}`;
  const wordRows: [string, string][] = words === undefined ? [] : [[words.value, words.describe[language]]];
  return [
    command.summary[language],
    "",
    `${WORDS.usage[language]}: chainwatch ${path}${value} [options]`,
    "",
    section(WORDS.options[language], [...wordRows, ...optionRows(options, language)]),
    section(WORDS.examples[language], exampleRows(command.examples, language)),
  ].join("\n");
}

function optionRows(options: Readonly<Record<string, CommandOption>>, language: Language): [string, string][] {
  return Object.entries(options).map(([name, { value, describe }]) => [
    value === undefined ? `--${name}` : `--${name} ${value}`,
    describe[language],
  ]);
}

function exampleRows(examples: Command["examples"], language: Language): [string, string][] {
  return examples.map(({ command, describe }) => [command, describe[language]]);
}

/** A heading and two columns. The left column is plain ASCII, so its length is its width. */
function section(heading: string, rows: readonly [string, string][]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return `${heading}:\n${rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join("")}`;
}
