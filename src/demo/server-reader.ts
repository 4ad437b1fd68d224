import { setTimeout as sleep } from "node:timers/promises";
import type { AlertsView } from "../alert/alert-view.js";
import type { BoardFigures } from "../query/board-figures.js";
import type { RequestRecord } from "../store/request-record.js";
import type { TraceSummary } from "../store/telemetry-store.js";

/** Everything the demo says of its app, it reads here: over HTTP from the server, as anybody can. */
export class ServerReader {
  readonly #url: string;
  readonly #service: string;

  /** @param service the only one whose figures, traces and requests are read */
  constructor(url: string, service: string) {
    this.#url = url;
    this.#service = encodeURIComponent(service);
  }

  /** Every figure of the board. @param windowS seconds that end now */
  figures(windowS: number): Promise<BoardFigures> {
    return this.#read(`/api/indicators?window=${windowS}&where.service=${this.#service}`);
  }

  alerts(): Promise<AlertsView> {
    return this.#read("/api/alerts");
  }

  async traces(): Promise<TraceSummary[]> {
    const path = `/api/traces?limit=1000&service=${this.#service}`;
    return (await this.#read<{ traces: TraceSummary[] }>(path)).traces;
  }

  /** @throws Error when the server has no such request, though what was sent has been flushed */
  async request(requestId: string): Promise<RequestRecord> {
    const path = `/api/requests?limit=1000&service=${this.#service}`;
    const { requests } = await this.#read<{ requests: RequestRecord[] }>(path);
    const record = requests.find((each) => each.request_id === requestId);
    if (record === undefined) {
      throw new Error(`the server at ${this.#url} has no record of request ${requestId}, although it was flushed`);
    }
    return record;
  }

  /** The first answer in which every rule was evaluated at the given time or later. */
  async alertsEvaluatedSince(timeMs: number, stop: AbortSignal): Promise<AlertsView> {
    for (;;) {
      const alerts = await this.alerts();
      const evaluated = alerts.rules.every(({ evaluated_at }) => Date.parse(evaluated_at ?? "") >= timeMs);
      if (evaluated && alerts.rules.length > 0) return alerts;
      await sleep(50, undefined, { signal: stop });
    }
  }

  async #read<T>(path: string): Promise<T> {
    const response = await fetch(`${this.#url}${path}`);
    if (!response.ok) {
      throw new Error(`GET ${this.#url}${path} answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
    }
    return (await response.json()) as T;
  }
}
