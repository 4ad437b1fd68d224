import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RequestsView } from "../../../src/dashboard/api/requests-view.js";
import type { TraceView } from "../../../src/dashboard/api/trace-view.js";
import type { RequestRecord } from "../../../src/store/request-record.js";
import { type ChainwatchServer, startChainwatchServer } from "./chainwatch-server.js";
import { type Collector, startCollector } from "./collector.js";
import { type Jaeger, startJaeger } from "./jaeger.js";
import { type MetricsBackend, startPrometheus } from "./prometheus.js";
import type { RunningParts } from "./running-parts.js";

/** A span as Jaeger's query API gives it. */
export interface JaegerSpan {
  spanID: string;
  operationName: string;
  /** Unix time, microseconds. */
  startTime: number;
  references: { refType: string; spanID: string }[];
  tags: { key: string; value: unknown }[];
}

/** The Collector with its project's configuration, and the three that it sends to. */
export class PipelineStack {
  private constructor(
    readonly jaeger: Jaeger,
    readonly prometheus: MetricsBackend,
    readonly chainwatch: ChainwatchServer,
    readonly collector: Collector,
  ) {}

  static async start(parts: RunningParts): Promise<PipelineStack> {
    const [jaeger, prometheus, chainwatch] = await Promise.all([
      parts.folder().then((folder) => parts.keep(startJaeger(folder))),
      parts.folder().then((folder) => parts.keep(startPrometheus(folder))),
      parts.folder().then((folder) => parts.keep(startChainwatchServer(folder))),
    ]);
    const collector = await parts.keep(
      startCollector(await parts.folder(), {
        jaeger: jaeger.otlpGrpc,
        prometheus: `${prometheus.url}/api/v1/otlp`,
        chainwatch: chainwatch.url,
      }),
    );
    return new PipelineStack(jaeger, prometheus, chainwatch, collector);
  }

  /** Empty when Jaeger does not know the trace. */
  async jaegerSpans(traceId: string): Promise<JaegerSpan[]> {
    const answer = await fetch(`${this.jaeger.queryUrl}/api/traces/${traceId}`);
    if (answer.status === 404) return [];
    const { data } = (await answer.json()) as { data: { spans: JaegerSpan[] }[] };
    return data.flatMap(({ spans }) => spans);
  }

  /** Undefined when Chainwatch knows neither spans nor a request of the trace. */
  async chainwatchTrace(traceId: string): Promise<TraceView | undefined> {
    const answer = await fetch(`${this.chainwatch.url}/api/traces/${traceId}`);
    return answer.ok ? ((await answer.json()) as TraceView) : undefined;
  }

  /** All request records that Chainwatch has, of requests that began at different milliseconds; the newest first. */
  async chainwatchRequests(): Promise<RequestRecord[]> {
    const found: RequestRecord[] = [];
    for (;;) {
      const oldest = found.at(-1);
      const before = oldest === undefined ? "" : `&to=${oldest.timestamp}`;
      const answer = await fetch(`${this.chainwatch.url}/api/requests?limit=1000${before}`);
      const { requests } = (await answer.json()) as RequestsView;
      if (requests.length === 0) return found;
      found.push(...requests);
    }
  }

  /** The value of each series that a PromQL query gives now, by its labels. */
  async prometheusValues(query: string): Promise<{ metric: Record<string, string>; value: number }[]> {
    const result = await this.#ask<{ metric: Record<string, string>; value: [number, string] }>(query);
    return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /** Unix times in milliseconds of all samples that Prometheus has of a counter in the last hour. */
  async sampleTimes(counter: string): Promise<number[]> {
    const result = await this.#ask<{ values: [timeS: number, value: string][] }>(`${counter}[1h]`);
    return result.flatMap(({ values }) => values.map(([timeS]) => Math.round(timeS * 1000)));
  }

  async #ask<Series>(query: string): Promise<Series[]> {
    const answer = await fetch(`${this.prometheus.url}/api/v1/query?query=${encodeURIComponent(query)}`);
    return ((await answer.json()) as { data: { result: Series[] } }).data.result;
  }

  /** The lines of each day's file, by file name. */
  async recordLines(): Promise<Map<string, string[]>> {
    const { recordsFolder } = this.collector;
    const files = await readdir(recordsFolder).catch(() => []);
    return new Map(
      await Promise.all(
        files.map(async (file): Promise<[string, string[]]> => {
          const text = await readFile(join(recordsFolder, file), "utf8");
          return [file, text.split("\n").slice(0, -1)];
        }),
      ),
    );
  }

  /** Ids of the requests in all files, once for each time that they are there. */
  async recordedIds(): Promise<string[]> {
    return [...(await this.recordLines()).values()].flat().flatMap(requestIdsOf);
  }
}

interface RecordsLine {
  resourceLogs: {
    scopeLogs: { logRecords: { attributes: { key: string; value: { stringValue?: string } }[] }[] }[];
  }[];
}

/** The requests that a line of a daily file holds. @throws {SyntaxError} when it is not JSON */
export function requestIdsOf(line: string): string[] {
  const { resourceLogs } = JSON.parse(line) as RecordsLine;
  return resourceLogs
    .flatMap(({ scopeLogs }) => scopeLogs)
    .flatMap(({ logRecords }) => logRecords)
    .map(({ attributes }) => attributes.find(({ key }) => key === "chainwatch.request.id")?.value.stringValue ?? "");
}
