import type { CommandGroup } from "../command.js";
import { deleteCommand } from "./delete-command.js";
import { exportCommand } from "./export-command.js";

/** `chainwatch requests …` */
export const requestsCommands: CommandGroup = {
  name: "requests",
  summary: {
    en: "Take request records out of a running server, or delete a user's data in it",
    zh: "从运行中的服务器导出请求记录，或删除某个用户的数据",
  },
  commands: [exportCommand, deleteCommand],
};
