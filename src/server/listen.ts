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
        expected: `a free port on ${host}`,
        found: port,
        cure: `stop the program that listens on ${port} (another chainwatch serve, or an OpenTelemetry Collector), or choose another port with --port or CHAINWATCH_PORT`,
      });
    }
    if (code === "EACCES") {
      throw new ConfigError({
        option: "port",
        expected: "a port that this user may listen on",
        found: port,
        cure: "choose one above 1023 with --port or CHAINWATCH_PORT",
      });
    }
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || code === "EAI_AGAIN") {
      throw new ConfigError({
        option: "host",
        expected: "an address of this machine",
        found: host,
        cure: "listen on 127.0.0.1, or on 0.0.0.0 with a token",
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
