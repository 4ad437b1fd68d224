import type { CommandGroup } from "../command.js";
import { listCommand } from "./list-command.js";
import { testCommand } from "./test-command.js";

/** `chainwatch receivers …` */
export const receiversCommands: CommandGroup = {
  name: "receivers",
  summary: { en: "See and try out who is told of alerts", zh: "查看并测试告警的接收方" },
  commands: [listCommand, testCommand],
};
