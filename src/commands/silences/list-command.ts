import type { SilencesView } from "../../dashboard/api/silence-view.js";
import type { Command } from "../command.js";
import { ServerApi, URL_OPTION } from "../server-api.js";
import { silenceLine } from "./silence-line.js";

/** `chainwatch silences list` */
export const listCommand: Command = {
  name: "list",
  summary: { en: "The silences that hold or will", zh: "列出生效中和未开始的静默" },
  options: {
    all: { describe: { en: "also those that ended", zh: "包括已结束的" } },
    ...URL_OPTION,
  },
  json: { en: "the silences as one JSON object", zh: "以一个 JSON 对象输出静默" },
  examples: [
    { command: "chainwatch silences list", describe: { en: "of this machine's server", zh: "查看本机服务器" } },
  ],
  async run(flags, terminal) {
    const { out, language } = terminal;
    const view = await new ServerApi(flags, terminal).get<SilencesView>("/api/silences");
    const silences = view.silences.filter(({ state }) => flags.on("all") || state !== "expired");
    if (flags.on("json")) {
      out(JSON.stringify({ silences }));
      return 0;
    }
    for (const silence of silences) out(silenceLine(silence, language));
    if (silences.length === 0) out({ en: "no silences", zh: "没有静默" }[language]);
    return 0;
  },
};
