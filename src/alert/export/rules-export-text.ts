import { Document, isMap, type YAMLMap, type YAMLSeq } from "yaml";
import type { BilingualText, Language } from "../../indicators/language.js";
import type { ExportNote } from "./export-note.js";
import type { RulesExport } from "./prometheus-rules.js";

const title = (target: string): BilingualText => ({
  en: `Rules of Chainwatch for ${target}, made by chainwatch rules export: change the rules there and export them again.`,
  zh: `供 ${target} 使用的 Chainwatch 规则，由 chainwatch rules export 生成：请修改原规则文件后重新导出。`,
});

/** Holds for every rule, whatever is in it. */
const QUERY_ERROR: BilingualText = {
  en: "While a query fails nothing is sent from there, and Alertmanager takes the alert for resolved; here a failed query is shown as an error and ends nothing.",
  zh: "查询失败期间那边不发送任何消息，Alertmanager 会把告警当作已恢复；这里查询失败会显示为错误，不会结束告警。",
};

const OTHERWISE: BilingualText = {
  en: "What means something else there than in Chainwatch:",
  zh: "与 Chainwatch 含义不同之处：",
};
const COLON: BilingualText = { en: ": ", zh: "：" };
const LEFT_OUT: BilingualText = { en: "left out", zh: "未导出" };
const INHIBITION: BilingualText = { en: "For the configuration of Alertmanager:", zh: "供 Alertmanager 配置使用：" };

/** What of which rules is lost, a line. */
export function noteText(note: ExportNote, language: Language): string {
  const fate = note.leftOut ? ` (${LEFT_OUT[language]})` : "";
  return `${note.rules.join(", ")}${fate}${COLON[language]}${lossText(note, language)}`;
}

function lossText({ part, reason }: ExportNote, language: Language): string {
  return `${part}${COLON[language]}${reason[language]}`;
}

/** The rules file, with what is lost as comments. */
export function rulesExportText({ target, groups, inhibitRules, notes }: RulesExport, language: Language): string {
  const document = new Document({ groups });
  const losses = [QUERY_ERROR[language], ...notes.map((note) => noteText(note, language))];
  const lines = [title(target)[language], "", OTHERWISE[language], ...losses.map((loss) => `- ${loss}`)];
  document.commentBefore = comment(lines);
  for (const rule of alertsIn(document)) {
    const own = notes.filter(({ rules, leftOut }) => !leftOut && rules.includes(String(rule.get("alert"))));
    if (own.length > 0) rule.commentBefore = comment(own.map((note) => lossText(note, language)));
  }
  if (inhibitRules.length > 0) {
    const text = new Document({ inhibit_rules: inhibitRules }).toString({ lineWidth: 0 }).trimEnd();
    document.comment = comment([INHIBITION[language], ...text.split("\n")]);
  }
  return document.toString({ lineWidth: 0 });
}

function alertsIn(document: Document): YAMLMap[] {
  const groups = document.get("groups") as YAMLSeq;
  return groups.items
    .filter(isMap)
    .flatMap((group) => (group.get("rules") as YAMLSeq).items)
    .filter(isMap)
    .filter((rule) => rule.has("alert"));
}

/** A `#` is put before each line. */
function comment(lines: readonly string[]): string {
  return lines.map((line) => (line === "" ? "" : ` ${line}`)).join("\n");
}
