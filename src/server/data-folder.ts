import { accessSync, constants, mkdirSync } from "node:fs";
import { ConfigError } from "../instrument/config-error.js";
import { fileTrouble } from "./file-trouble.js";

/**
 * Makes the folder of the databases when it is not there.
 *
 * @throws {ConfigError} it cannot be made, or written in
 */
export function makeDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { en, zh } = fileTrouble(error);
    throw new ConfigError({
      option: "data-dir",
      expected: { en: "a folder that can be made and written in", zh: "可以创建并写入的文件夹" },
      found: folder,
      cure: {
        en: `${en}; name another folder with --data-dir or CHAINWATCH_DATA_DIR`,
        zh: `${zh}；请用 --data-dir 或 CHAINWATCH_DATA_DIR 指定其他文件夹`,
      },
    });
  }
}
