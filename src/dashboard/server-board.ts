import type { AlertsView } from "../alert/alert-view.js";
import type { BoardFigures } from "../query/board-figures.js";
import { type AskedServer, notChainwatch, serverRefusal, serverTrouble } from "../query/server-trouble.js";
import type { Secret } from "../receive/secret.js";
import type { SamplesView, SeriesView } from "./api/indicators-view.js";
import type { StatusView } from "./api/status-view.js";
import { CHART_INDICATORS, chartTimes, isYoung } from "./board-questions.js";
import { type BoardDetails, type BoardNow, type BoardReader, NoBoard } from "./board-reader.js";

export interface ServerBoardOptions {
  /** Of the server, e.g. `http://127.0.0.1:4318`. */
  url: string;
  /** The option or variable that has the address; default `--url`. */
  setting?: string;
  /** The one service that the figures are of; default all. */
  service?: string;
  /** For servers that ask for one. */
  token?: Secret;
}

type CallParameters = Readonly<Record<string, string | number>>;

const TIMEOUT_S = 5;

/** The board of a running server. */
export class ServerBoard implements BoardReader {
  readonly name: string;
  /** Each time costs the server about as much as a page that shows the same. */
  readonly everyMs: number = 2_000;
  readonly #server: AskedServer;
  readonly #service: Readonly<Record<string, string>>;
  readonly #token: Secret | undefined;
  /** Until the server is known to keep more. */
  #young = true;

  constructor({ url, setting = "--url", service, token }: ServerBoardOptions) {
    this.name = url.replace(/\/+$/, "");
    this.#server = { url: this.name, setting, timeoutS: TIMEOUT_S };
    this.#service = service === undefined ? {} : { "where.service": service };
    this.#token = token;
  }

  async readNow(windowS: number, signal: AbortSignal): Promise<BoardNow> {
    const [figures, alerts] = await Promise.all([
      this.#get<BoardFigures>("/api/indicators", { window: windowS, compare: "hour" }, "indicators", signal),
      // Alerts are of every service.
      this.#getJson<AlertsView>("/api/alerts", "active", signal),
    ]);
    return { ...figures, alerts };
  }

  async readDetails(windowS: number, signal: AbortSignal): Promise<BoardDetails> {
    const samples = (id: string, by?: string): Promise<SamplesView | undefined> =>
      this.#unlessRefused(`/api/indicators/${id}`, { window: windowS, ...(by && { by }) }, "samples", signal);
    if (this.#young) {
      const { oldest } = await this.#getJson<StatusView>("/api/status", "services", signal);
      this.#young = isYoung(oldest, Date.now());
    }
    const { stepS, points } = chartTimes(windowS, this.#young);
    const times = { step: stepS, points };
    const [charts, cost_by_model, requests_by_type, top_queries] = await Promise.all([
      Promise.all(
        CHART_INDICATORS.map((id) =>
          this.#unlessRefused<SeriesView>(`/api/indicators/${id}/series`, times, "points", signal),
        ),
      ),
      samples("cost.total", "model"),
      samples("requests.by_type"),
      samples("queries.top"),
    ]);
    return {
      charts: charts.filter((chart) => chart !== undefined),
      lists: {
        ...(cost_by_model && { cost_by_model }),
        ...(requests_by_type && { requests_by_type }),
        ...(top_queries && { top_queries }),
      },
    };
  }

  /** Undefined: the server cannot answer this over this window, as with more requests than it reads. */
  async #unlessRefused<Answer>(
    path: string,
    parameters: CallParameters,
    list: string,
    signal: AbortSignal,
  ): Promise<Answer | undefined> {
    try {
      return await this.#get<Answer>(path, parameters, list, signal);
    } catch (error) {
      if (error instanceof NoBoard && error.cause instanceof CallRefused) return undefined;
      throw error;
    }
  }

  #get<Answer>(path: string, parameters: CallParameters, list: string, signal: AbortSignal): Promise<Answer> {
    const query = new URLSearchParams(this.#service);
    for (const [name, value] of Object.entries(parameters)) query.set(name, String(value));
    return this.#getJson(path, list, signal, `?${query}`);
  }

  /** @param list what the answer has, so that another server is noticed */
  async #getJson<Answer>(path: string, list: string, signal: AbortSignal, query = ""): Promise<Answer> {
    try {
      const response = await fetch(this.name + path + query, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_S * 1000)]),
        headers: this.#token === undefined ? {} : { authorization: `Bearer ${this.#token.reveal()}` },
      });
      if (!response.ok) {
        const { status } = response;
        const trouble = serverRefusal(status, path, await response.text(), this.#server);
        throw new NoBoard(trouble, status === 400 ? new CallRefused() : undefined);
      }
      const answer = await response.json();
      if (!isRecordWith(answer, list)) throw new NoBoard(notChainwatch(this.#server));
      return answer as Answer;
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof NoBoard ? error : new NoBoard(serverTrouble(error, this.#server), error);
    }
  }
}

/** The server understood the call, and will not answer it. */
class CallRefused extends Error {
  override readonly name = "CallRefused";
}

function isRecordWith(value: unknown, list: string): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Array.isArray((value as Record<string, unknown>)[list]);
}
