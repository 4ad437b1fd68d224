import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { RunningPart } from "../parts/running-parts.js";

/** An alert that it was told of, as long as nothing newer comes. */
interface ToldAlert {
  labels: Record<string, string>;
  /** ISO 8601. From then on Alertmanager takes it for resolved. */
  endsAt: string;
}

/** Stands in for an Alertmanager: keeps what evaluators tell it. */
export class Alertmanager {
  readonly #told = new Map<string, ToldAlert & { toldMs: number }>();

  private constructor(
    readonly part: RunningPart,
    readonly url: string,
  ) {}

  static async start(): Promise<Alertmanager> {
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      if (request.url === "/api/v2/alerts") alertmanager.#hear(JSON.parse(Buffer.concat(chunks).toString()));
      response.end();
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const part = {
      name: "alertmanager",
      log: "",
      async stop() {
        server.closeAllConnections();
        await new Promise((closed) => server.close(closed));
      },
    };
    const alertmanager = new Alertmanager(part, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return alertmanager;
  }

  #hear(alerts: ToldAlert[]): void {
    const toldMs = Date.now();
    for (const alert of alerts) this.#told.set(alert.labels.alertname ?? "", { ...alert, toldMs });
  }

  /** When it was last told of the alert, and when it takes it for resolved. */
  newest(alertname: string): { toldMs: number; endsMs: number } | undefined {
    const alert = this.#told.get(alertname);
    return alert && { toldMs: alert.toldMs, endsMs: Date.parse(alert.endsAt) };
  }
}
