import type { Clock } from "../instrument/clock.js";
import type { DropReason } from "./export-queue.js";

/**
 * Tells the owner of the app about sending, seldom: one line when it begins to fail, one when it works again, one when
 * the first item is dropped and one with the total. All else is in `chainwatch.telemetry.dropped`.
 */
export class SendReport {
  #failingSinceMs: number | undefined;
  #dropped = 0;
  #droppedTold = 0;

  constructor(
    private readonly target: string,
    private readonly clock: Clock,
    private readonly say: (message: string) => void,
  ) {}

  attempt(error: Error | undefined): void {
    if (error !== undefined) {
      if (this.#failingSinceMs !== undefined) return;
      this.#failingSinceMs = this.clock.monotonicMs();
      this.say(`cannot send to ${this.target}: ${reasonOf(error)}. The app runs on; telemetry is kept in memory.`);
      return;
    }
    if (this.#failingSinceMs === undefined) return;
    const seconds = Math.round((this.clock.monotonicMs() - this.#failingSinceMs) / 1000);
    this.#failingSinceMs = undefined;
    const lost = this.#dropped - this.#droppedTold;
    this.#droppedTold = this.#dropped;
    this.say(`sending to ${this.target} works again after ${seconds} s; ${lost} items were dropped meanwhile.`);
  }

  dropped(what: string, items: number, reason: DropReason): void {
    if (this.#dropped === 0) {
      this.say(
        `dropping telemetry (${what}, ${reason.replace("_", " ")}); the count is in chainwatch.telemetry.dropped.`,
      );
    }
    this.#dropped += items;
  }
}

/** What went wrong and what to do, in one line. */
function reasonOf(error: Error): string {
  const { code } = error as { code?: unknown };
  const text = `${String(code ?? "")} ${error.message}`;
  if (text.includes("ECONNREFUSED")) return 'nothing listens there (start "chainwatch serve" or set endpoint)';
  if (text.includes("ENOTFOUND")) return "the host name is unknown (check endpoint)";
  if (/CERT|SELF_SIGNED|certificate/i.test(text)) return "its TLS certificate is not trusted (set NODE_EXTRA_CA_CERTS)";
  if (code === 401 || code === 403) return `it answered ${code} (check headers: the token is missing or wrong)`;
  if (code === 404) return "it answered 404 (endpoint is the base URL, without /v1/traces)";
  if (typeof code === "number") return `it answered ${code}`;
  return error.message || error.name;
}
