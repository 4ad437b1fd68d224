import type { CommandGroup } from "../command.js";
import { ackCommand } from "./ack-command.js";
import { listCommand } from "./list-command.js";

/** `chainwatch alerts …` */
export const alertsCommands: CommandGroup = {
  name: "alerts",
  summary: { en: "Show and acknowledge alerts of a running server", zh: "查看并确认运行中服务器的告警" },
  commands: [listCommand, ackCommand],
};
