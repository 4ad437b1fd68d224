import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ConfigError } from "../instrument/config-error.js";

/**
 * Listens, and gives the port.
 *
 * @param portFallback take a free port when the wanted one is taken, instead of failing
 * @throws {ConfigError} the port is taken, or the address is not one of this machine
 */
export async function listen(
  server: Server,
  { host, port, portFallback }: { host: string; port: number; portFallback: boolean },
): Promise<number> {
  try {
    return await attempt(server, host, port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE" && portFallback) return attempt(server, host, 0);
    if (code === "EADDRINUSE") {
      throw new ConfigError({
        option: "port",
        expected: { en: `a free port on ${host}`, zh: `${host} 上的空闲端口` },
        found: port,
        cure: {
          en: `stop the program that listens on ${port} (another chainwatch serve, or an OpenTelemetry Collector), or choose another port with --port or CHAINWATCH_PORT`,
          zh: `请停止占用 ${port} 的程序（另一个 chainwatch serve 或 OpenTelemetry Collector），或用 --port 或 CHAINWATCH_PORT 选择其他端口`,
        },
      });
    }
    if (code === "EACCES") {
      throw new ConfigError({
        option: "port",
        expected: { en: "a port that this user may listen on", zh: "当前用户有权监听的端口" },
        found: port,
        cure: {
          en: "choose one above 1023 with --port or CHAINWATCH_PORT",
          zh: "请用 --port 或 CHAINWATCH_PORT 选择大于 1023 的端口",
        },
      });
    }
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || code === "EAI_AGAIN") {
      throw new ConfigError({
        option: "host",
        expected: { en: "an address of this machine", zh: "本机的地址" },
        found: host,
        cure: {
          en: "listen on 127.0.0.1, or on 0.0.0.0 with a token",
          zh: "请监听 127.0.0.1，或设置令牌后监听 0.0.0.0",
        },
      });
    }
    throw error;
  }
}

function attempt(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
