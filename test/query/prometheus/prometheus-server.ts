import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A question as it arrived. */
export interface Asked {
  path: string;
  form: URLSearchParams;
  request: IncomingMessage;
}

type Labels = Record<string, string>;

/** A server that speaks as the Prometheus query API does; gone after the test. */
export class PrometheusServer {
  readonly asked: Asked[] = [];
  url = "";

  constructor(private readonly handle: (asked: Asked, response: ServerResponse) => void) {}

  /** Answers with the `data` of a reply. */
  static answering(answers: (asked: Asked) => unknown): Promise<PrometheusServer> {
    return PrometheusServer.handling((asked, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ status: "success", data: answers(asked) }));
    });
  }

  static async handling(handle: (asked: Asked, response: ServerResponse) => void): Promise<PrometheusServer> {
    const server = new PrometheusServer(handle);
    await server.#listen();
    return server;
  }

  /** The queries that arrived, without looks at what metrics there are. */
  get queries(): string[] {
    return this.asked
      .map(({ form }) => form.get("query") ?? "")
      .filter((query) => query && !query.includes("__name__"));
  }

  async #listen(): Promise<void> {
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request.setEncoding("utf8")) body += chunk;
      const asked = { path: request.url ?? "", form: new URLSearchParams(body), request };
      this.asked.push(asked);
      this.handle(asked, response);
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
}

/** An instant vector. */
export function vector(...samples: [labels: Labels, value: string][]): object {
  return {
    resultType: "vector",
    result: samples.map(([metric, value]) => ({ metric, value: [1_700_000_000, value] })),
  };
}

/** A backend that has these metrics: what the look for names finds, narrowed by their `vmrange` where it is asked for. */
export function namesFound(
  form: URLSearchParams,
  names: readonly string[],
  withVmrange: readonly string[] = [],
): object | undefined {
  const query = form.get("query") ?? "";
  if (!query.startsWith("count by (__name__)")) return undefined;
  const found = query.includes("vmrange") ? withVmrange : names;
  return vector(...found.map((name): [Labels, string] => [{ __name__: name }, "1"]));
}
