import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** One question that was answered. */
export interface Answered {
  expr: string;
  /** Unix time in seconds, as it was asked for. */
  atS: number;
  /** Which process asked: counted by whoever starts them. */
  life: number;
}

/** Series and whether each is above its threshold at a time; undefined: the expression is none of the script. */
export type Script = (expr: string, atS: number) => readonly { labels: object; isBad: boolean }[] | undefined;

/**
 * Speaks as much of the Prometheus API as an expression needs. What it answers at a time is fixed beforehand, so that
 * what every evaluation should have found is known.
 */
export class ScriptedBackend {
  readonly answered: Answered[] = [];
  life = 0;
  readonly #asked = new EventEmitter();
  readonly #http = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const form = new URLSearchParams(body);
      const expr = form.get("query") ?? "";
      const atS = Number(form.get("time"));
      const series = request.url === "/api/v1/query" ? this.script(expr, atS) : undefined;
      const result = (series ?? []).map(({ labels, isBad }) => ({ metric: labels, value: [atS, isBad ? "9" : "1"] }));
      if (series !== undefined) this.answered.push({ expr, atS, life: this.life });
      this.#asked.emit("question");
      const data = request.url === "/api/v1/labels" ? [] : { resultType: "vector", result };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ status: "success", data }));
    });
  });

  constructor(private readonly script: Script) {}

  /** @returns its URL */
  async start(): Promise<string> {
    this.#http.listen(0, "127.0.0.1");
    await once(this.#http, "listening");
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  async nextQuestion(): Promise<void> {
    await once(this.#asked, "question");
  }

  close(): void {
    this.#http.close();
    this.#http.closeAllConnections();
  }
}

/** One series an expression, which flips about every second second. */
export class FlippingBackend extends ScriptedBackend {
  constructor() {
    super((expr, atS) => (expr.startsWith("flip_") ? [{ labels: {}, isBad: isBad(expr, atS) }] : undefined));
  }
}

/** Its script: whether the expression is above its threshold at that second. */
export function isBad(expr: string, atS: number): boolean {
  // A mixed hash: neighbouring seconds and expressions say nothing about each other.
  let hash = Math.imul(Math.floor(atS) ^ 0x9e3779b9, 0x85ebca6b);
  for (const char of expr) hash = Math.imul(hash ^ char.charCodeAt(0), 0xc2b2ae35);
  return ((hash ^ (hash >>> 15)) & 0x100) !== 0;
}
