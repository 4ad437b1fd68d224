import type { Command } from "./command.js";

/** `chainwatch serve` */
export const serveCommand: Command = {
  name: "serve",
  summary: { en: "Receive, store and show telemetry on this machine", zh: "在本机接收、存储并展示遥测数据" },
  options: {},
  json: {
    en: "the address, data folder and rules as one JSON object, then silence",
    zh: "以一个 JSON 对象输出地址、数据目录和规则，随后不再输出",
  },
  examples: [{ command: "chainwatch serve", describe: { en: "on 127.0.0.1:4318", zh: "监听 127.0.0.1:4318" } }],
  async run() {
    return 1;
  },
};
