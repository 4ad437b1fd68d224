import { reachText } from "../../notify/reach-text.js";
import type { Command } from "../command.js";
import { CONFIG_OPTION, readReceivers } from "./read-receivers.js";

/** `chainwatch receivers list` */
export const listCommand: Command = {
  name: "list",
  summary: {
    en: "The receivers of a configuration file, and which alerts come to each",
    zh: "列出配置文件中的接收方，以及各自会收到哪些告警",
  },
  options: CONFIG_OPTION,
  json: { en: "the receivers as one JSON object", zh: "以一个 JSON 对象输出接收方" },
  examples: [
    { command: "chainwatch receivers list", describe: { en: "of chainwatch.yaml", zh: "列出 chainwatch.yaml 中的" } },
  ],
  async run(flags, terminal) {
    const { out, language } = terminal;
    const config = await readReceivers(flags, terminal);
    const { reachOf } = await import("../../notify/reach.js");
    const receivers = config.receivers.map(({ name, kind, language: own = language }) => ({
      name,
      channel: kind,
      language: own,
      reach: reachOf(name, config.rules, config.route),
    }));
    if (flags.on("json")) {
      out(JSON.stringify({ file: config.file, receivers }));
      return 0;
    }
    for (const { name, channel, language: own, reach } of receivers) {
      out(`${name}  ${channel}  ${own}  ${reachText(reach)[language]}`);
    }
    return 0;
  },
};
