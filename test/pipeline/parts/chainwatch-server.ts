import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "./free-ports.js";
import { PartProcess } from "./part-process.js";

const CLI = fileURLToPath(new URL("../../../dist/esm/cli.js", import.meta.url));

/** `chainwatch serve` as a process of its own. */
export interface ChainwatchServer {
  part: PartProcess;
  url: string;
  port: number;
}

/** @param folder an empty one, for its data; the same one again keeps the data */
export async function startChainwatchServer(
  folder: string,
  { env = {}, port }: { env?: Readonly<Record<string, string>>; port?: number } = {},
): Promise<ChainwatchServer> {
  const http = port ?? (await freePorts("http")).http;
  const url = `http://127.0.0.1:${http}`;
  const part = await PartProcess.start({
    name: "chainwatch",
    program: process.execPath,
    args: [CLI, "serve", "--port", String(http), "--data-dir", join(folder, "data")],
    env: { CHAINWATCH_LANG: "en", ...env },
    cwd: folder,
    readyUrl: `${url}/readyz`,
  });
  return { part, url, port: http };
}
