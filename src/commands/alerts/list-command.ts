import type { AlertsView } from "../../alert/alert-view.js";
import { isUnanswered, unansweredText } from "../../alert/unanswered.js";
import type { Command } from "../command.js";
import { ServerApi, URL_OPTION } from "../server-api.js";
import { alertLine } from "./alert-line.js";

/** `chainwatch alerts list` */
export const listCommand: Command = {
  name: "list",
  summary: {
    en: "What is firing or pending now; exit code 1 when rules have no answer",
    zh: "列出当前触发中和待触发的告警；有规则得不到答案时退出码为 1",
  },
  options: URL_OPTION,
  json: { en: "the alerts as one JSON object", zh: "以一个 JSON 对象输出告警" },
  examples: [
    { command: "chainwatch alerts list", describe: { en: "of this machine's server", zh: "查看本机服务器" } },
    {
      command: "chainwatch alerts list --url http://127.0.0.1:4319 --json | jq .active",
      describe: { en: "of an evaluator, for a script", zh: "供脚本读取独立评估进程的告警" },
    },
  ],
  async run(flags, terminal) {
    const { out, language } = terminal;
    const view = await new ServerApi(flags, terminal).get<AlertsView>("/api/alerts");
    const { active } = view;
    const unanswered = view.rules.filter(isUnanswered);
    const code = unanswered.length === 0 ? 0 : 1;
    if (flags.on("json")) {
      out(JSON.stringify({ active, unanswered_rules: unanswered.map(({ id, error }) => ({ id, error })) }));
      return code;
    }
    const inOrder = [...active.filter(({ to }) => to === "firing"), ...active.filter(({ to }) => to === "pending")];
    const rules = new Map(view.rules.map((rule) => [rule.id, rule]));
    for (const alert of inOrder) out(alertLine(alert, language, rules.get(alert.rule)));
    const trouble = unansweredText(view, language);
    if (trouble !== undefined) terminal.err(`✗ ${trouble}`);
    else if (active.length === 0) out({ en: "✓ no alerts firing", zh: "✓ 无告警触发" }[language]);
    return code;
  },
};
