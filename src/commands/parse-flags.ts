import { parseArgs } from "node:util";
import type { BilingualText } from "../indicators/language.js";
import { nearestName } from "../instrument/nearest-name.js";
import type { CommandOption, CommandWords, Flags } from "./command.js";
import { UsageError } from "./usage-error.js";

/**
 * Reads the words after a command.
 *
 * @throws {UsageError} for an option that is not known (with the nearest one that is), a value that is missing or not
 * expected, an option given twice, and fewer or more words than the command takes. `--help` needs none.
 */
export function parseFlags(
  args: readonly string[],
  options: Readonly<Record<string, CommandOption>>,
  words?: CommandWords,
): Flags {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value }]) => [
        name,
        { type: value === undefined ? ("boolean" as const) : ("string" as const) },
      ]),
    ),
    strict: false,
    tokens: true,
  });
  const given = new Map<string, string | undefined>();
  const found: string[] = [];
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      found.push(token.value);
      if (found.length > (words?.most ?? 0)) throw unexpectedWord(token.value, words);
      continue;
    }
    const { name, rawName, value } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option === undefined) throw unknownOption(rawName, Object.keys(options));
    if (given.has(name)) {
      throw new UsageError({ en: `option ${rawName} is given twice`, zh: `选项 ${rawName} 重复了` });
    }
    if (option.value === undefined && value !== undefined) {
      throw new UsageError({
        en: `option ${rawName} takes no value, found ${JSON.stringify(value)}`,
        zh: `选项 ${rawName} 不带值，却给了 ${JSON.stringify(value)}`,
      });
    }
    // A following option is no value: `--port --json` has forgotten the port.
    if (option.value !== undefined && (value === undefined || (!token.inlineValue && /^-./.test(value)))) {
      throw new UsageError({
        en: `option ${rawName} needs a value: ${rawName} ${option.value}`,
        zh: `选项 ${rawName} 缺少值：${rawName} ${option.value}`,
      });
    }
    given.set(name, value);
  }
  if (words !== undefined && found.length < words.least && !given.has("help")) {
    throw new UsageError({
      en: `expected ${words.value}: ${words.describe.en}`,
      zh: `缺少 ${words.value}：${words.describe.zh}`,
    });
  }
  return {
    words: found,
    text: (name) => given.get(name),
    on: (name) => given.has(name),
    given: (...names) =>
      Object.fromEntries(
        names.flatMap((name) => {
          const value = given.get(name);
          return value === undefined ? [] : [[name, value]];
        }),
      ),
  };
}

function unexpectedWord(word: string, words: CommandWords | undefined): UsageError {
  const takes: BilingualText =
    words === undefined
      ? { en: "this command takes options only", zh: "这个命令只接受选项" }
      : { en: `this command takes one ${words.value}`, zh: `这个命令只接受一个 ${words.value}` };
  return new UsageError({
    en: `unexpected word ${JSON.stringify(word)}: ${takes.en}`,
    zh: `多余的参数 ${JSON.stringify(word)}：${takes.zh}`,
  });
}

function unknownOption(rawName: string, known: readonly string[]): UsageError {
  const near = nearestName(rawName, known);
  return new UsageError({
    en: `unknown option ${rawName}${near === undefined ? "" : `: did you mean --${near}?`}`,
    zh: `未知选项 ${rawName}${near === undefined ? "" : `，是不是 --${near}？`}`,
  });
}
