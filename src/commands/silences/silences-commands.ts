import type { CommandGroup } from "../command.js";
import { addCommand } from "./add-command.js";
import { expireCommand } from "./expire-command.js";
import { listCommand } from "./list-command.js";

/** `chainwatch silences …` */
export const silencesCommands: CommandGroup = {
  name: "silences",
  summary: {
    en: "Keep alerts of a running server from people for a while",
    zh: "让运行中服务器的告警在一段时间内不打扰任何人",
  },
  commands: [addCommand, listCommand, expireCommand],
};
