import { readFileSync } from "node:fs";
import type { SourceAbilities } from "../../alert/check-rule.js";
import type { BilingualText } from "../../indicators/language.js";
import type { ConfigFileResult } from "../../notify/config-file.js";
import { fileTrouble } from "../../server/file-trouble.js";
import type { Command } from "../command.js";
import { UsageError } from "../usage-error.js";

type CheckedFile = { file: string; result: ConfigFileResult } | { file: string; unreadable: BilingualText };

/** `chainwatch rules check` */
export const checkCommand: Command = {
  name: "check",
  summary: {
    en: "Find the mistakes in rules files, each with its line, column and cure",
    zh: "检查规则文件，逐条指出错误的行、列和改法",
  },
  words: { value: "FILE", describe: { en: "a rules file", zh: "规则文件" }, least: 1, most: Number.POSITIVE_INFINITY },
  options: {
    source: {
      value: "SOURCE",
      describe: {
        en: "who will be asked: local, or prometheus[=URL], which has metrics alone; it is not asked now; default: both kinds of figures and PromQL",
        zh: "将由谁回答：local，或仅有指标的 prometheus[=URL]；检查时不会访问它；默认：各类数据与 PromQL 均可",
      },
    },
  },
  json: { en: "the findings as one JSON object", zh: "以一个 JSON 对象输出检查结果" },
  examples: [
    {
      command: "chainwatch rules check chainwatch.yaml",
      describe: { en: "exit code 1 when there is a mistake", zh: "有错误时退出码为 1" },
    },
    {
      command: "chainwatch rules check --source prometheus=http://127.0.0.1:9090 team/*.yaml",
      describe: { en: "for a set-up that has metrics alone", zh: "用于仅有指标的环境" },
    },
  ],
  async run(flags, { out, env, language }) {
    const source = abilitiesOf(flags.text("source"));
    // PromQL, the schema and the channels load only here.
    const { parseConfigFile } = await import("../../notify/config-file.js");
    const checked = flags.words.map((file): CheckedFile => {
      try {
        return { file, result: parseConfigFile(readFileSync(file, "utf8"), file, { env, ...source }) };
      } catch (error) {
        if (!(error instanceof Error && "syscall" in error)) throw error;
        return { file, unreadable: fileTrouble(error) };
      }
    });
    const ok = checked.every((one) => "result" in one && one.result.ok);
    if (flags.on("json")) {
      out(JSON.stringify({ ok, files: checked.map(jsonOf) }));
      return ok ? 0 : 1;
    }
    for (const one of checked) {
      if ("result" in one) for (const { text } of one.result.findings) out(text);
      out(verdict(one)[language]);
    }
    return ok ? 0 : 1;
  },
};

function abilitiesOf(source: string | undefined): { source?: SourceAbilities } {
  if (source === undefined) return {};
  if (source === "local") return { source: { sides: ["metrics", "records"], promql: false } };
  if (/^prometheus(=.+)?$/.test(source)) return { source: { sides: ["metrics"], promql: true } };
  throw new UsageError({
    en: `option --source: expected local or prometheus=URL, found ${JSON.stringify(source)}`,
    zh: `选项 --source 应为 local 或 prometheus=URL，却给了 ${JSON.stringify(source)}`,
  });
}

function jsonOf(one: CheckedFile): object {
  if ("unreadable" in one) return { file: one.file, ok: false, error: one.unreadable.en, findings: [] };
  const { ok, rules, receivers, findings } = one.result;
  return {
    file: one.file,
    ok,
    ...(ok && { rules: rules.length, receivers: receivers.length }),
    findings: findings.map(({ severity, line, column, message }) => ({ severity, line, column, message })),
  };
}

function verdict(one: CheckedFile): BilingualText {
  const { file } = one;
  if ("unreadable" in one) {
    return { en: `✗ ${file}  cannot be read: ${one.unreadable.en}`, zh: `✗ ${file}  无法读取：${one.unreadable.zh}` };
  }
  const { ok, rules, receivers, findings } = one.result;
  const told: BilingualText =
    receivers.length === 0
      ? { en: "", zh: "" }
      : { en: `, ${counted(receivers.length, "receiver")}`, zh: `，${receivers.length} 个接收方` };
  const warnings = findings.filter(({ severity }) => severity === "warning").length;
  const mistakes = findings.length - warnings;
  const odd: BilingualText =
    warnings === 0 ? { en: "", zh: "" } : { en: `, ${counted(warnings, "warning")}`, zh: `，${warnings} 条警告` };
  return ok
    ? {
        en: `✓ ${file}  ${counted(rules.length, "rule")}, the default ones included${told.en}${odd.en}`,
        zh: `✓ ${file}  共 ${rules.length} 条规则（含默认规则）${told.zh}${odd.zh}`,
      }
    : {
        en: `✗ ${file}  ${counted(mistakes, "mistake")}${odd.en}`,
        zh: `✗ ${file}  ${mistakes} 处错误${odd.zh}`,
      };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
