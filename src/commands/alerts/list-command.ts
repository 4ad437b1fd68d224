import type { AlertsView } from "../../alert/alert-view.js";
import type { Command } from "../command.js";
import { ServerApi, URL_OPTION } from "../server-api.js";
import { alertLine } from "./alert-line.js";

/** `chainwatch alerts list` */
export const listCommand: Command = {
  name: "list",
  summary: { en: "What is firing or pending now", zh: "列出当前触发中和待触发的告警" },
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
    const { active } = await new ServerApi(flags, terminal).get<AlertsView>("/api/alerts");
    if (flags.on("json")) {
      out(JSON.stringify({ active }));
      return 0;
    }
    const inOrder = [...active.filter(({ to }) => to === "firing"), ...active.filter(({ to }) => to === "pending")];
    for (const alert of inOrder) out(alertLine(alert, language));
    if (active.length === 0) out({ en: "✓ no alerts firing", zh: "✓ 无告警触发" }[language]);
    return 0;
  },
};
