import type { Secret } from "../../receive/secret.js";
import { limitCalls } from "../limited-calls.js";
import { QueryError } from "../query-error.js";
import type { SeriesTimes } from "../series-source.js";
import { shareCalls } from "../shared-calls.js";
import { SourceFailure } from "../source-failure.js";
import { type AskedBackend, backendTrouble, dataOf, type HttpReply } from "./prometheus-reply.js";

/** Where the Prometheus query API is. */
export interface PrometheusBackend {
  /** Without a slash at its end and without a password; `/api/v1/query` is appended to it. */
  url: string;
  /** Sent with every question. */
  headers?: Readonly<Record<string, Secret>>;
  /** The option or variable that has the address; default `--source`. */
  setting?: string;
}

export interface PrometheusClientOptions {
  /** Seconds that a query may take from when it is sent; default 10. */
  timeoutS?: number;
}

/** One series at one time. */
export interface VectorSample {
  labels: Readonly<Record<string, string>>;
  /** NaN and ±Inf are possible. */
  value: number;
}

/** One bucket of an exponential histogram at one time: events in (lower, upper], evenly spread over its logarithm. */
export interface BucketSample {
  labels: Readonly<Record<string, string>>;
  lower: number;
  upper: number;
  events: number;
}

/** One series over time. */
export interface MatrixSeries {
  labels: Readonly<Record<string, string>>;
  points: { atMs: number; value: number }[];
}

const MOST_CALLS = 8;
const LARGEST_REPLY_BYTES = 16 * 1024 * 1024;

interface Call {
  path: string;
  form: [name: string, value: string][];
}

/** Asks the Prometheus query API. Equal questions at the same time are one request, and few run at once. */
export class PrometheusClient {
  /** Shown in messages and on the page. */
  readonly name: string;
  readonly #backend: AskedBackend;
  readonly #headers: Readonly<Record<string, Secret>>;
  readonly #timeoutS: number;
  readonly #data: (call: Call, signal?: AbortSignal) => Promise<unknown>;

  constructor(
    { url, headers = {}, setting = "--source" }: PrometheusBackend,
    { timeoutS = 10 }: PrometheusClientOptions = {},
  ) {
    this.#headers = headers;
    this.#timeoutS = timeoutS;
    this.name = `prometheus ${url}`;
    this.#backend = { url, name: this.name, setting, timeoutS };
    const limited = limitCalls(MOST_CALLS, async (call: Call, signal?: AbortSignal) =>
      dataOf(this.#backend, await this.#send(call, signal)),
    );
    this.#data = shareCalls(limited);
  }

  /**
   * An instant query; a scalar is a sample without labels. A sample that is a histogram is left out.
   *
   * @throws {QueryError}
   */
  async instant(promQl: string, atMs: number, signal?: AbortSignal): Promise<VectorSample[]> {
    const data = await this.#instant(promQl, atMs, signal);
    const scalar = data?.resultType === "scalar" ? pointOf(data.result) : undefined;
    if (scalar !== undefined) return [{ labels: {}, value: scalar.value }];
    return this.#series(data, "vector").flatMap(({ metric, value }) => {
      const point = pointOf(value);
      return point === undefined ? [] : [{ labels: metric, value: point.value }];
    });
  }

  /**
   * The filled buckets of an instant query's samples that are histograms; others are left out.
   *
   * @throws {QueryError}
   */
  async buckets(promQl: string, atMs: number, signal?: AbortSignal): Promise<BucketSample[]> {
    return this.#series(await this.#instant(promQl, atMs, signal), "vector").flatMap(({ metric: labels, histogram }) =>
      bucketsOf(histogram).map((bucket) => ({ labels, ...bucket })),
    );
  }

  /**
   * A query at evenly spaced times. Samples that are histograms are left out.
   *
   * @throws {QueryError}
   */
  async range(promQl: string, { fromMs, toMs, stepMs }: SeriesTimes, signal?: AbortSignal): Promise<MatrixSeries[]> {
    const form: Call["form"] = [
      ["query", promQl],
      ["start", unixSeconds(fromMs)],
      ["end", unixSeconds(toMs)],
      ["step", unixSeconds(stepMs)],
      ...this.#evaluation(),
    ];
    const data = (await this.#data({ path: "/api/v1/query_range", form }, signal)) as Result | undefined;
    return this.#series(data, "matrix").map(({ metric, values }) => ({
      labels: metric,
      points: Array.isArray(values) ? values.flatMap((value) => pointOf(value) ?? []) : [],
    }));
  }

  /**
   * The names of the labels that the series of a selector have. Backends look them up by blocks of hours or a day, so
   * there may be some from outside the times.
   *
   * @throws {QueryError}
   */
  async labelNames(
    selector: string,
    { fromMs, toMs }: { fromMs: number; toMs: number },
    signal?: AbortSignal,
  ): Promise<string[]> {
    const form: Call["form"] = [
      ["match[]", selector],
      ["start", unixSeconds(fromMs)],
      ["end", unixSeconds(toMs)],
    ];
    const data = await this.#data({ path: "/api/v1/labels", form }, signal);
    if (!Array.isArray(data)) throw this.#unexpected("labels");
    return data.map(String);
  }

  async #instant(promQl: string, atMs: number, signal?: AbortSignal): Promise<Result | undefined> {
    const form: Call["form"] = [["query", promQl], ["time", unixSeconds(atMs)], ...this.#evaluation()];
    return (await this.#data({ path: "/api/v1/query", form }, signal)) as Result | undefined;
  }

  /** VictoriaMetrics hides the newest 30 s unless told otherwise, and 1 ms is the least it takes; others ignore it. */
  #evaluation(): Call["form"] {
    return [
      ["timeout", `${this.#timeoutS}s`],
      ["nocache", "1"],
      ["latency_offset", "1ms"],
    ];
  }

  #series(data: Result | undefined, expected: "vector" | "matrix"): ResultSeries[] {
    if (data?.resultType !== expected || !Array.isArray(data.result)) throw this.#unexpected(expected);
    return data.result;
  }

  #unexpected(expected: string): SourceFailure {
    return new SourceFailure(this.name, {
      what: { en: `it answered with something else than ${expected}`, zh: `应答中没有 ${expected}` },
      cure: undefined,
    });
  }

  async #send({ path, form }: Call, signal: AbortSignal | undefined): Promise<HttpReply> {
    const headers: Record<string, string> = { accept: "application/json" };
    for (const [name, value] of Object.entries(this.#headers)) headers[name] = value.reveal();
    const tooLong = AbortSignal.timeout(this.#timeoutS * 1000);
    try {
      const response = await fetch(this.#backend.url + path, {
        method: "POST",
        headers,
        body: new URLSearchParams(form),
        // Elsewhere the headers would go to somebody they are not meant for.
        redirect: "manual",
        signal: signal === undefined ? tooLong : AbortSignal.any([tooLong, signal]),
      });
      return {
        status: response.status,
        contentType: response.headers.get("content-type") ?? "",
        location: response.headers.get("location") ?? undefined,
        server: response.headers.get("server") ?? "",
        body: await this.#body(response),
      };
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof QueryError ? error : this.#failure(error);
    }
  }

  async #body(response: Response): Promise<string> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > LARGEST_REPLY_BYTES) {
        const trouble = {
          what: {
            en: `it answered with more than ${LARGEST_REPLY_BYTES} bytes`,
            zh: `应答超过 ${LARGEST_REPLY_BYTES} 字节`,
          },
          cure: { en: "split by less, or filter with where", zh: "请减少拆分维度，或用 where 过滤" },
        };
        throw new SourceFailure(this.name, trouble, { reason: "invalid_question" });
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  }

  #failure(error: unknown): QueryError {
    const reason = error instanceof Error && error.name === "TimeoutError" ? "timeout" : "source_failed";
    return new SourceFailure(this.name, backendTrouble(error, this.#backend), { reason, cause: error });
  }
}

interface Result {
  resultType?: unknown;
  result?: unknown;
}

interface ResultSeries {
  metric: Record<string, string>;
  value?: unknown;
  values?: unknown;
  histogram?: unknown;
}

/** `[Unix time in seconds, value as text]` */
function pointOf(value: unknown): { atMs: number; value: number } | undefined {
  if (!Array.isArray(value)) return undefined;
  // Both write infinities as "+Inf" and "-Inf".
  const text = String(value[1]).replace("Inf", "Infinity");
  return { atMs: Math.round(Number(value[0]) * 1000), value: Number(text) };
}

/** `[Unix time in seconds, { buckets: [which bounds belong to it, lower bound, upper bound, events] }]` */
function bucketsOf(histogram: unknown): Omit<BucketSample, "labels">[] {
  const buckets: unknown = Array.isArray(histogram) ? histogram[1]?.buckets : undefined;
  if (!Array.isArray(buckets)) return [];
  return buckets.filter(Array.isArray).map(([, ...numbers]) => {
    const [lower = Number.NaN, upper = Number.NaN, events = Number.NaN] = numbers.map(Number);
    return { lower, upper, events };
  });
}

function unixSeconds(ms: number): string {
  return String(ms / 1000);
}
