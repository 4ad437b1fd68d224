import type { SourceAbilities } from "../../alert/check-rule.js";
import type { LoadedConfig } from "../../server/load-config.js";
import type { CommandOption, Flags } from "../command.js";
import { CommandError } from "../command-error.js";
import type { Terminal } from "../terminal.js";

export const CONFIG_OPTION: Readonly<Record<string, CommandOption>> = {
  config: {
    value: "FILE",
    describe: {
      en: "the file with the receivers; default CHAINWATCH_CONFIG, else chainwatch.yaml",
      zh: "含接收方的文件；默认取 CHAINWATCH_CONFIG，否则为 chainwatch.yaml",
    },
  },
};

/** Who answers the rules does not matter here. */
const ANY_SOURCE: SourceAbilities = { sides: ["metrics", "records"], promql: true };

/**
 * The configuration file that the command line names, else the usual one.
 *
 * @throws {ConfigError} the named file cannot be read
 * @throws {RulesFileError} it has mistakes
 * @throws {CommandError} it has no receivers
 */
export async function readReceivers(flags: Flags, { env }: Pick<Terminal, "env">): Promise<LoadedConfig> {
  // The channels and the rules' checks load only here.
  const { loadConfig } = await import("../../server/load-config.js");
  const config = loadConfig(flags.text("config") ?? (env.CHAINWATCH_CONFIG || undefined), env, ANY_SOURCE);
  if (config.receivers.length === 0) throw noReceivers(config.file);
  return config;
}

function noReceivers(file: string | undefined): CommandError {
  if (file === undefined) {
    return new CommandError({
      en: "expected receivers in chainwatch.yaml, found no such file here; chainwatch init --receiver slack writes one, --config names another",
      zh: "当前目录没有 chainwatch.yaml；可用 chainwatch init --receiver dingtalk 生成，或用 --config 指定",
    });
  }
  return new CommandError({
    en: `expected receivers in ${file}, found none; add a receivers: section (docs/notifications.md)`,
    zh: `${file} 中没有接收方：请添加 receivers: 一节（见 docs/notifications.md）`,
  });
}
