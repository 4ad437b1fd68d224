import type { CommandOption, Flags } from "../command.js";
import { oneOf } from "../one-of.js";

const DIALECTS = ["prometheus", "victoriametrics", "mimir"] as const;

/** The option of commands that write PromQL. */
export const DIALECT_OPTION: Readonly<Record<string, CommandOption>> = {
  dialect: {
    value: "DIALECT",
    describe: {
      en: "who has the metrics, as it comes: prometheus, victoriametrics or mimir; default prometheus",
      zh: "指标所在的后端（默认配置）：prometheus、victoriametrics 或 mimir；默认 prometheus",
    },
  },
};

/** @throws {UsageError} */
export function dialectOf(flags: Flags): (typeof DIALECTS)[number] {
  return oneOf("--dialect", flags.text("dialect") ?? "prometheus", DIALECTS);
}
