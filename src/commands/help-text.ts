import { padWidth, wrapWidth } from "../dashboard/display-width.js";
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

/** The help is for whom, and how wide it may be. */
export interface HelpStyle {
  language: Language;
  /** Columns of the terminal. */
  columns: number;
}

/** The help of `chainwatch` itself. */
export function rootHelp(commands: readonly (Command | CommandGroup)[], style: HelpStyle): string {
  const { language } = style;
  return [
    ...wrapWidth(ABOUT[language], style.columns),
    "",
    `${WORDS.usage[language]}: chainwatch <command> [options]`,
    "",
    section(
      WORDS.commands[language],
      commands.map(({ name, summary }) => [name, summary[language]]),
      style,
    ),
    section(WORDS.options[language], optionRows(ROOT_OPTIONS, language), style),
    section(WORDS.examples[language], exampleRows(FIRST_STEPS, language), style),
  ].join("\n");
}

/** The help of a word that commands follow. */
export function groupHelp({ name, summary, commands }: CommandGroup, style: HelpStyle): string {
  const { language } = style;
  return [
    ...wrapWidth(summary[language], style.columns),
    "",
    `${WORDS.usage[language]}: chainwatch ${name} <command> [options]`,
    "",
    section(
      WORDS.commands[language],
      commands.map((command) => [command.name, command.summary[language]]),
      style,
    ),
    section(
      WORDS.examples[language],
      exampleRows(
        commands.flatMap(({ examples }) => examples.slice(0, 1)),
        language,
      ),
      style,
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
  style: HelpStyle,
): string {
  const { language } = style;
  const { words } = command;
  const value = words === undefined ? "" : ` ${words.value}${words.most > 1 ? " …" : ""}`;
  const wordRows: [string, string][] = words === undefined ? [] : [[words.value, words.describe[language]]];
  return [
    ...wrapWidth(command.summary[language], style.columns),
    "",
    `${WORDS.usage[language]}: chainwatch ${path}${value} [options]`,
    "",
    section(WORDS.options[language], [...wordRows, ...optionRows(options, language)], style),
    section(WORDS.examples[language], exampleRows(command.examples, language), style),
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

/** What the right column has at least; with less, it begins on a line of its own. */
const LEAST_RIGHT = 40;

/** A heading and two columns. */
function section(heading: string, rows: readonly [string, string][], { columns }: HelpStyle): string {
  const most = columns - LEAST_RIGHT - 4;
  const width = Math.max(0, ...rows.map(([left]) => left.length).filter((length) => length <= most));
  const lines = rows.flatMap(([left, right]) => {
    const described = wrapWidth(right, columns - width - 4);
    if (left.length <= width) {
      return described.map((line, i) => `  ${padWidth(i === 0 ? left : "", width)}  ${line}`);
    }
    return [
      ...commandLines(left, columns - 2).map((line) => `  ${line}`),
      ...described.map((line) => `  ${" ".repeat(width)}  ${line}`),
    ];
  });
  return `${heading}:\n${lines.map((line) => `${line}\n`).join("")}`;
}

/** A command in lines that a shell takes for one: broken between words, never inside quotes. */
function commandLines(command: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of command.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? []) {
    const line = lines.at(-1);
    // Two columns are for what says that it goes on.
    if (line === undefined) lines.push(word);
    else if (line.length + 1 + word.length <= width - 2) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(`  ${word}`);
  }
  return lines.map((line, i) => (i < lines.length - 1 ? `${line} \\` : line));
}
