import type { AlertsView, AlertTransition } from "../../alert/alert-view.js";
import type { Command } from "../command.js";
import { AUTHOR_OPTION, authorOf, oneMeant, ServerApi, URL_OPTION } from "../server-api.js";
import { alertLine } from "./alert-line.js";

/** `chainwatch alerts ack` */
export const ackCommand: Command = {
  name: "ack",
  summary: {
    en: "Say that you take care of a firing alert; it ends with the alert",
    zh: "确认一条触发中的告警由您处理；告警恢复后自动失效",
  },
  words: {
    value: "ID",
    describe: {
      en: "the alert, as alerts list shows it, or the id of its rule when one alert of it fires",
      zh: "alerts list 显示的告警 ID；规则仅有一条告警触发时也可用规则 ID",
    },
    least: 1,
    most: 1,
  },
  options: {
    ...AUTHOR_OPTION,
    comment: { value: "TEXT", describe: { en: "what is done about it", zh: "处理说明" } },
    ...URL_OPTION,
  },
  json: { en: "the alert as one JSON object", zh: "以一个 JSON 对象输出该告警" },
  examples: [
    {
      command: 'chainwatch alerts ack 3f9c1a2b --comment "provider is down"',
      describe: { en: "the beginning of the id will do", zh: "ID 的开头几位即可" },
    },
  ],
  async run(flags, terminal) {
    const { out, env, language } = terminal;
    const author = authorOf(flags, env);
    const comment = flags.text("comment");
    const api = new ServerApi(flags, terminal);
    const { active } = await api.get<AlertsView>("/api/alerts");
    const { id } = oneMeant(
      flags.words[0] ?? "",
      active.filter(({ to }) => to === "firing"),
      { what: { en: "firing alert", zh: "触发中的告警" }, nameOf: ({ rule }) => rule },
    );
    const body = comment === undefined ? { author } : { author, comment };
    const alert = await api.post<AlertTransition>(`/api/alerts/${id}/ack`, body);
    out(flags.on("json") ? JSON.stringify(alert) : alertLine(alert, language));
    return 0;
  },
};
