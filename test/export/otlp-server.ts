import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createOtlpReceiver } from "../../src/receive/otlp-receiver.js";
import type { LogRow, MetricPointRow, SpanRow } from "../../src/receive/telemetry-batch.js";

/** Answers a request in place of the receiver, when it returns true. */
type Override = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A real OTLP/HTTP server that can go away and come back on the same port. */
export class OtlpServer {
  readonly spans: SpanRow[] = [];
  readonly points: MetricPointRow[] = [];
  readonly logs: LogRow[] = [];
  /** Of every request, in order. */
  readonly requests: { path: string; headers: IncomingMessage["headers"]; atMs: number }[] = [];
  override: Override | undefined;
  #server: Server | undefined;
  #port = 0;

  readonly #receive = createOtlpReceiver({
    sink: async ({ spans, points, logs }) => {
      this.spans.push(...spans);
      this.points.push(...points);
      this.logs.push(...logs);
    },
  });

  static async start(): Promise<OtlpServer> {
    const server = new OtlpServer();
    await server.listen();
    return server;
  }

  /** On the port of before, if there was one. */
  async listen(): Promise<void> {
    const server = createServer(async (request, response) => {
      this.requests.push({ path: request.url ?? "", headers: request.headers, atMs: Date.now() });
      if (this.override?.(request, response)) request.resume();
      else if (!(await this.#receive(request, response))) response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    await new Promise<void>((resolve) => {
      if (server === undefined) return resolve();
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get host(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Every request is answered with this status; of one path only, when it is given. */
  refuse(status: number, path?: string): void {
    this.override = ({ url }, response) => {
      if (path !== undefined && url !== path) return false;
      response.writeHead(status).end();
      return true;
    };
  }

  uniqueSpans(): Set<string> {
    return new Set(this.spans.map(({ traceId, spanId }) => traceId + spanId));
  }

  /** Sum of the latest points of a cumulative counter, over the series whose attributes hold all of `where`. */
  counter(metric: string, where: Record<string, unknown> = {}): number {
    const latest = new Map<string, number>();
    for (const point of this.points) {
      if (point.metric !== metric || typeof point.value !== "number") continue;
      if (!Object.entries(where).every(([name, value]) => point.attributes[name] === value)) continue;
      latest.set(JSON.stringify([point.resource["service.instance.id"], point.attributes]), point.value);
    }
    return [...latest.values()].reduce((sum, value) => sum + value, 0);
  }
}
