import type { BilingualText } from "../../indicators/language.js";
import type { Command } from "../command.js";
import { oneOf } from "../one-of.js";
import { DIALECT_OPTION, dialectOf } from "./dialect-option.js";

const LEFT_BEHIND: BilingualText = {
  en: "what means something else there, or is not there at all:",
  zh: "含义不同或未能导出的部分：",
};

/** `chainwatch rules export` */
export const exportCommand: Command = {
  name: "export",
  summary: {
    en: "The rules for Prometheus, vmalert or Mimir, and what of them is lost",
    zh: "把规则导出给 Prometheus、vmalert 或 Mimir，并说明哪些内容无法表达",
  },
  words: {
    value: "FILE",
    describe: {
      en: "a rules file; default chainwatch.yaml when it is there, else the six default rules",
      zh: "规则文件；默认用 chainwatch.yaml（如存在），否则用六条默认规则",
    },
    least: 0,
    most: 1,
  },
  options: {
    format: {
      value: "FORMAT",
      describe: { en: "prometheus, the only one and the default", zh: "仅支持 prometheus，也是默认值" },
    },
    ...DIALECT_OPTION,
  },
  json: {
    en: "groups, inhibit_rules and what is lost as one JSON object",
    zh: "以一个 JSON 对象输出规则组、inhibit_rules 与无法表达的内容",
  },
  examples: [
    {
      command: "chainwatch rules export chainwatch.yaml --format prometheus > rules.yml",
      describe: { en: "then promtool check rules rules.yml", zh: "随后可运行 promtool check rules rules.yml" },
    },
    {
      command: "chainwatch rules export chainwatch.yaml --dialect victoriametrics > rules.yml",
      describe: { en: "for vmalert", zh: "供 vmalert 使用" },
    },
  ],
  async run(flags, terminal) {
    const { out, err, env, language } = terminal;
    oneOf("--format", flags.text("format") ?? "prometheus", ["prometheus"]);
    const dialect = dialectOf(flags);
    // YAML and PromQL load only here.
    const [{ exportPrometheusRules, RULES_TARGETS }, { noteText, rulesExportText }, { loadRules }] = await Promise.all([
      import("../../alert/export/prometheus-rules.js"),
      import("../../alert/export/rules-export-text.js"),
      import("../../server/load-rules.js"),
    ]);
    const { rules } = loadRules(flags.words[0], env, { sides: ["metrics", "records"], promql: true });
    const exported = exportPrometheusRules(rules, RULES_TARGETS[dialect]);
    const { groups, inhibitRules, notes } = exported;
    if (flags.on("json")) {
      const lost = notes.map(({ leftOut, reason, ...note }) => ({
        ...note,
        left_out: leftOut,
        reason: reason[language],
      }));
      out(JSON.stringify({ groups, inhibit_rules: inhibitRules, lost }));
      return 0;
    }
    out(rulesExportText(exported, language).trimEnd());
    if (notes.length > 0) err(LEFT_BEHIND[language]);
    for (const note of notes) err(`  ${noteText(note, language)}`);
    return 0;
  },
};
