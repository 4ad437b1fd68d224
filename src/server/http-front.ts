import { createServer } from "node:http";
import { EventStream } from "./event-stream.js";
import { listen } from "./listen.js";
import { OriginGuard } from "./origin-guard.js";
import type { PageFiles } from "./page-files.js";
import { type RouterServices, routeRequest } from "./request-router.js";
import { ServerCounters } from "./server-counters.js";
import type { ServerSettings } from "./server-settings.js";
import { TokenGate } from "./token-gate.js";

export interface HttpFrontOptions extends Pick<ServerSettings, "host" | "port" | "token" | "externalUrl"> {
  /** Absent: this server has none. */
  page?: PageFiles;
  /** Take a free port when the wanted one is taken, instead of failing. */
  portFallback: boolean;
  /** Gets what went wrong and is shown nowhere else. */
  log(message: string): void;
}

/** A port that answers, at first only that it is starting. */
export interface HttpFront {
  /** Where people reach it: the external URL, else the address it listens on. */
  url: string;
  port: number;
  gate: TokenGate;
  stream: EventStream;
  counters: ServerCounters;
  /** From now on it answers everything. */
  serve(services: RouterServices): void;
  /** Finishes the requests under way. */
  close(): Promise<void>;
}

/** How long requests under way may take when the server closes, before they are cut. */
const CLOSE_GRACE_MS = 5000;

/** @throws {ConfigError} the port is taken, or the address is not of this machine */
export async function openHttpFront(options: HttpFrontOptions): Promise<HttpFront> {
  const { host, token, externalUrl, page, portFallback, log } = options;
  const counters = new ServerCounters();
  const stream = new EventStream();
  let services: RouterServices | undefined;
  const gate = new TokenGate(token, { secure: externalUrl?.startsWith("https:") ?? false });
  const guard = new OriginGuard({ host, externalUrl });
  const parts = { guard, gate, page, stream, counters, services: () => services, log };
  const http = createServer((request, response) => void routeRequest(parts, request, response));
  // Longer than the idle time of exporters' connections, or they would write into one that is just being closed.
  http.keepAliveTimeout = 65_000;
  const port = await listen(http, { host, port: options.port, portFallback }).catch((error) => {
    stream.close();
    throw error;
  });
  return {
    url: externalUrl ?? `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    port,
    gate,
    stream,
    counters,
    serve(all) {
      services = all;
    },
    close: () =>
      new Promise((done) => {
        const cut = setTimeout(() => http.closeAllConnections(), CLOSE_GRACE_MS);
        // A connection that is kept alive becomes idle only when the request under way on it is answered.
        const sweep = setInterval(() => http.closeIdleConnections(), 50);
        http.close(() => {
          clearTimeout(cut);
          clearInterval(sweep);
          done();
        });
        stream.close();
      }),
  };
}
