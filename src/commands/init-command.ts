import { writeFileSync } from "node:fs";
import type { BilingualText } from "../indicators/language.js";
import { nearestName } from "../instrument/nearest-name.js";
import type { ChannelKind } from "../notify/channel-kind.js";
import type { Command } from "./command.js";
import { CommandError } from "./command-error.js";
import { UsageError } from "./usage-error.js";

const USUAL_FILE = "chainwatch.yaml";

const TEXTS = {
  wrote: { en: "wrote", zh: "已写入" },
  variables: { en: "Set these environment variables:", zh: "请设置以下环境变量：" },
  isSet: { en: "is set", zh: "已设置" },
  next: { en: "Then: ", zh: "然后：" },
} satisfies Record<string, BilingualText>;

/** `chainwatch init` */
export const initCommand: Command = {
  name: "init",
  summary: {
    en: "Write a commented chainwatch.yaml, with a receiver when one is named",
    zh: "生成带注释的 chainwatch.yaml，可附带指定的接收方",
  },
  words: { value: "FILE", describe: { en: "default chainwatch.yaml", zh: "默认 chainwatch.yaml" }, least: 0, most: 1 },
  options: {
    receiver: {
      value: "CHANNEL",
      describe: {
        en: "who is told: dingtalk, feishu, wecom, slack, email, sms, pagerduty, webhook, alertmanager; several with commas",
        zh: "通知渠道：dingtalk、feishu、wecom、slack、email、sms、pagerduty、webhook、alertmanager；多个用逗号分隔",
      },
    },
    force: { describe: { en: "replace a file that is there", zh: "覆盖已有文件" } },
  },
  json: { en: "the file and its variables as one JSON object", zh: "以一个 JSON 对象输出文件与变量" },
  examples: [
    {
      command: "chainwatch init --receiver dingtalk --lang zh",
      describe: { en: "with comments in Chinese", zh: "使用中文注释" },
    },
    {
      command: "chainwatch init --receiver slack,email team.yaml",
      describe: { en: "with two receivers, elsewhere", zh: "两个接收方，写入其他文件" },
    },
  ],
  async run(flags, { out, env, language }) {
    const [file = USUAL_FILE] = flags.words;
    // The channels load only here.
    const [{ CHANNEL_KIND_NAMES }, { exampleConfig }, { RECEIVER_EXAMPLES }] = await Promise.all([
      import("../notify/channel-kind.js"),
      import("../notify/example-config.js"),
      import("../notify/receiver-example.js"),
    ]);
    const kinds = kindsOf(flags.text("receiver"), CHANNEL_KIND_NAMES);
    write(file, exampleConfig(kinds, language), flags.on("force"));
    const variables = kinds.flatMap((kind) => RECEIVER_EXAMPLES[kind].variables);
    const isSet = (name: string): boolean => Boolean(env[name]);
    if (flags.on("json")) {
      const told = variables.map(({ name, from }) => ({ name, from: from[language], set: isSet(name) }));
      out(JSON.stringify({ file, receivers: kinds, variables: told }));
      return 0;
    }
    out(`✓ ${TEXTS.wrote[language]} ${file}`);
    if (variables.length > 0) out(TEXTS.variables[language]);
    for (const { name, from } of variables) {
      out(`  ${name}  ${isSet(name) ? TEXTS.isSet[language] : from[language]}`);
    }
    const config = file === USUAL_FILE ? "" : ` --config ${file}`;
    const [kind] = kinds;
    out(`${TEXTS.next[language]}chainwatch rules check ${file}`);
    if (kind !== undefined) {
      out(`      chainwatch receivers test ${kinds.length === 1 ? kind : "--all"}${config}`);
    }
    return 0;
  },
};

function kindsOf(list: string | undefined, known: readonly ChannelKind[]): ChannelKind[] {
  const names = list === undefined ? [] : list.split(",").map((name) => name.trim());
  return [...new Set(names)].map((name) => {
    const kind = known.find((one) => one === name);
    if (kind !== undefined) return kind;
    const near = nearestName(name, known);
    throw new UsageError({
      en: `option --receiver: expected ${known.join(", ")}, found ${JSON.stringify(name)}${near === undefined ? "" : `: did you mean ${near}?`}`,
      zh: `选项 --receiver 应为 ${known.join("、")}，却给了 ${JSON.stringify(name)}${near === undefined ? "" : `，是不是 ${near}？`}`,
    });
  });
}

function write(file: string, text: string, replace: boolean): void {
  try {
    writeFileSync(file, text, { flag: replace ? "w" : "wx" });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST") {
      throw new CommandError({ en: `${file} cannot be written: ${message}`, zh: `无法写入 ${file}：${message}` });
    }
    throw new CommandError({
      en: `expected no file ${file}, found one; name another, or replace it with --force`,
      zh: `文件 ${file} 已存在：请换个名称，或用 --force 覆盖`,
    });
  }
}
