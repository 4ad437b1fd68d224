import type { SilencesView, SilenceView } from "../../dashboard/api/silence-view.js";
import type { Command } from "../command.js";
import { oneMeant, ServerApi, URL_OPTION } from "../server-api.js";
import { silenceLine } from "./silence-line.js";

/** `chainwatch silences expire` */
export const expireCommand: Command = {
  name: "expire",
  summary: { en: "End a silence now; what fires on is told", zh: "立即结束静默；仍在触发的告警随即通知" },
  words: {
    value: "ID",
    describe: { en: "the silence, as silences list shows it", zh: "silences list 显示的静默 ID" },
    least: 1,
    most: 1,
  },
  options: URL_OPTION,
  json: { en: "the silence as one JSON object", zh: "以一个 JSON 对象输出该静默" },
  examples: [
    {
      command: "chainwatch silences expire 3f9c1a2b",
      describe: { en: "the beginning of the id will do", zh: "ID 的开头几位即可" },
    },
  ],
  async run(flags, terminal) {
    const { out, language } = terminal;
    const api = new ServerApi(flags, terminal);
    const { silences } = await api.get<SilencesView>("/api/silences");
    const { id } = oneMeant(
      flags.words[0] ?? "",
      silences.filter(({ state }) => state !== "expired"),
      { what: { en: "silence", zh: "静默" } },
    );
    const silence = await api.delete<SilenceView>(`/api/silences/${id}`);
    out(flags.on("json") ? JSON.stringify(silence) : silenceLine(silence, language));
    return 0;
  },
};
