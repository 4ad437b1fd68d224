import type { Secret } from "../../receive/secret.js";
import { limitCalls } from "../limited-calls.js";
import { QueryError } from "../query-error.js";
import type { SeriesTimes } from "../series-source.js";
import { shareCalls } from "../shared-calls.js";
import { dataOf, type HttpReply } from "./prometheus-reply.js";

/** Where the Prometheus query API is. */
export interface PrometheusBackend {
  /** Without a slash at its end and without a password; `/api/v1/query` is appended to it. */
  url: string;
  /** Sent with every question. */
  headers?: Readonly<Record<string, Secret>>;
}

export interface PrometheusClientOptions {
  /** Seconds that a question may take; default 10. */
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
  readonly #url: string;
  readonly #headers: Readonly<Record<string, Secret>>;
  readonly #timeoutS: number;
  readonly #data: (call: Call) => Promise<unknown>;

  constructor({ url, headers = {} }: PrometheusBackend, { timeoutS = 10 }: PrometheusClientOptions = {}) {
    this.#url = url;
    this.#headers = headers;
    this.#timeoutS = timeoutS;
    this.name = `prometheus ${url}`;
    const limited = limitCalls(MOST_CALLS, async (call: Call) => dataOf(this.name, await this.#send(call)));
    this.#data = shareCalls(limited);
  }

  /**
   * An instant query; a scalar is a sample without labels. A sample that is a histogram is left out.
   *
   * @throws {QueryError}
   */
  async instant(promQl: string, atMs: number): Promise<VectorSample[]> {
    const data = await this.#instant(promQl, atMs);
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
  async buckets(promQl: string, atMs: number): Promise<BucketSample[]> {
    return this.#series(await this.#instant(promQl, atMs), "vector").flatMap(({ metric: labels, histogram }) =>
      bucketsOf(histogram).map((bucket) => ({ labels, ...bucket })),
    );
  }

  /**
   * A query at evenly spaced times. Samples that are histograms are left out.
   *
   * @throws {QueryError}
   */
  async range(promQl: string, { fromMs, toMs, stepMs }: SeriesTimes): Promise<MatrixSeries[]> {
    const form: Call["form"] = [
      ["query", promQl],
      ["start", unixSeconds(fromMs)],
      ["end", unixSeconds(toMs)],
      ["step", unixSeconds(stepMs)],
      ...this.#evaluation(),
    ];
    const data = (await this.#data({ path: "/api/v1/query_range", form })) as Result | undefined;
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
  async labelNames(selector: string, { fromMs, toMs }: { fromMs: number; toMs: number }): Promise<string[]> {
    const form: Call["form"] = [
      ["match[]", selector],
      ["start", unixSeconds(fromMs)],
      ["end", unixSeconds(toMs)],
    ];
    const data = await this.#data({ path: "/api/v1/labels", form });
    if (!Array.isArray(data)) throw this.#unexpected("a list of labels");
    return data.map(String);
  }

  async #instant(promQl: string, atMs: number): Promise<Result | undefined> {
    const form: Call["form"] = [["query", promQl], ["time", unixSeconds(atMs)], ...this.#evaluation()];
    return (await this.#data({ path: "/api/v1/query", form })) as Result | undefined;
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
    if (data?.resultType !== expected || !Array.isArray(data.result)) throw this.#unexpected(`a ${expected}`);
    return data.result;
  }

  #unexpected(expected: string): QueryError {
    return new QueryError("source_failed", `${this.name} answered with something else than ${expected}`);
  }

  async #send({ path, form }: Call): Promise<HttpReply> {
    const headers: Record<string, string> = { accept: "application/json" };
    for (const [name, value] of Object.entries(this.#headers)) headers[name] = value.reveal();
    try {
      const response = await fetch(this.#url + path, {
        method: "POST",
        headers,
        body: new URLSearchParams(form),
        // Elsewhere the headers would go to somebody they are not meant for.
        redirect: "manual",
        signal: AbortSignal.timeout(this.#timeoutS * 1000),
      });
      return {
        status: response.status,
        contentType: response.headers.get("content-type") ?? "",
        location: response.headers.get("location") ?? undefined,
        body: await this.#body(response),
      };
    } catch (error) {
      throw error instanceof QueryError ? error : this.#failure(error);
    }
  }

  async #body(response: Response): Promise<string> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > LARGEST_REPLY_BYTES) {
        throw new QueryError(
          "invalid_question",
          `${this.name} answered with more than ${LARGEST_REPLY_BYTES} bytes. Split by less, or filter with where`,
        );
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  }

  #failure(error: unknown): QueryError {
    if (error instanceof Error && error.name === "TimeoutError") {
      return new QueryError("timeout", `${this.name}: no answer in ${this.#timeoutS} s`, { cause: error });
    }
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const text = cause instanceof Error && cause.message !== "" ? cause.message : code || String(cause);
    const tls = /CERT|TLS|SSL|SIGNATURE|EPROTO/.test(code);
    const cure = tls
      ? "Give the certificate of its authority in NODE_EXTRA_CA_CERTS, or http:// where it speaks no TLS"
      : "Is it running, and is the address right?";
    return new QueryError("source_failed", `${this.name} cannot be reached: ${text}. ${cure}`, { cause: error });
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
