import type { CommandGroup } from "../command.js";
import { backtestCommand } from "./backtest-command.js";
import { checkCommand } from "./check-command.js";
import { explainCommand } from "./explain-command.js";
import { exportCommand } from "./export-command.js";
import { runCommand } from "./run-command.js";
import { testCommand } from "./test-command.js";

/** `chainwatch rules …` */
export const rulesCommands: CommandGroup = {
  name: "rules",
  summary: { en: "Work on the rules of alerts", zh: "处理告警规则" },
  commands: [runCommand, checkCommand, explainCommand, testCommand, backtestCommand, exportCommand],
};
