import type { Dimension } from "../../indicators/dimension.js";
import { RESOURCE_ENVIRONMENT, RESOURCE_SERVICE_VERSION } from "../../instrument/semconv.js";
import type { Sample } from "../../query/metric-source.js";
import { QueryError } from "../../query/query-error.js";
import type { SeriesSource } from "../../query/series-source.js";
import type { SenderSight } from "../../receive/sender-watch.js";
import { textField } from "../../store/attribute-field.js";
import type { Sender, TelemetryStore } from "../../store/telemetry-store.js";
import type { QueryParameters } from "./query-parameters.js";

/** A process that sends telemetry. Times are ISO 8601 in UTC; what is unknown is absent. */
export interface SenderView {
  service: string;
  /** `service.instance.id` */
  instance?: string;
  environment?: string;
  release?: string;
  host?: string;
  sdk?: { language?: string; name?: string; version?: string };
  first_seen: string;
  last_seen: string;
  /**
   * Seconds; positive: its clock is ahead of this server's. Negative: behind, or its telemetry takes so long to arrive.
   * Absent: nothing came since this server started.
   */
  clock_ahead?: number;
  /** Whether its newest model calls came with their messages; absent: none came since this server started. */
  content?: boolean;
  /** Requests that ended in the window; absent where metrics cannot be asked. */
  requests?: number;
  /** Telemetry that it gave up in the window, and faults of Chainwatch in it. */
  dropped: { what?: string; reason?: string; items: number }[];
  faults: { what?: string; items: number }[];
}

/** The answer of `/api/setup`. */
export interface SetupView {
  /** What is counted is of the last so many seconds. */
  window_s: number;
  /** The one heard of last comes first. */
  senders: SenderView[];
  /** Models whose calls have no known price, with how many calls of all; the most frequent first. */
  unpriced: { service: string; model: string; calls: number; of: number }[];
  /** Why nothing could be counted. */
  error?: string;
}

export interface SetupSources {
  store: Pick<TelemetryStore, "senders" | "status">;
  indicators: SeriesSource;
  /** The store answers metrics, and no backend: so what it has not got is not known. */
  keepsMetrics: boolean;
  senderSight(service: string, instance: string): SenderSight;
  /** Unix time, milliseconds. */
  nowMs(): number;
}

const WINDOW_S = 86_400;

/** Who sends what. It is for finding out what is wrong, so it answers also when metrics cannot be asked. */
export async function setupView(sources: SetupSources, query: QueryParameters): Promise<SetupView> {
  query.end();
  const [senders, counted] = await Promise.all([sources.store.senders(), counts(sources)]);
  return {
    window_s: WINDOW_S,
    senders: senders.map((sender) => senderView(sender, sources, counted)),
    unpriced: counted.unpriced
      .map(({ labels, value, count = 0 }) => ({
        service: labels.service ?? "",
        model: labels.model ?? "",
        calls: Math.round((value * count) / 100),
        of: count,
      }))
      .filter(({ calls }) => calls > 0)
      .sort((a, b) => b.calls - a.calls),
    ...(counted.error !== undefined && { error: counted.error }),
  };
}

interface Counted {
  requests: Sample[];
  dropped: Sample[];
  faults: Sample[];
  unpriced: Sample[];
  error?: string;
}

async function counts({ indicators, nowMs }: SetupSources): Promise<Counted> {
  const ask = (indicator: string, by: readonly Dimension[]): Promise<Sample[]> =>
    indicators.query({ indicator, by, windowS: WINDOW_S, atMs: nowMs() });
  try {
    const [requests, dropped, faults, unpriced] = await Promise.all([
      ask("requests.count", ["service", "instance"]),
      ask("telemetry.dropped", ["service", "instance", "what", "reason"]),
      ask("telemetry.errors", ["service", "instance", "what"]),
      ask("llm.unpriced_rate", ["service", "model"]),
    ]);
    return { requests, dropped, faults, unpriced };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return { requests: [], dropped: [], faults: [], unpriced: [], error: error.message };
  }
}

function senderView(
  { service, instance, first_seen, last_seen, resource }: Sender,
  { senderSight }: SetupSources,
  { requests, dropped, faults, error }: Counted,
): SenderView {
  const own = (samples: readonly Sample[]): Sample[] =>
    samples.filter(
      ({ labels, value }) => labels.service === service && (labels.instance ?? "") === instance && value > 0,
    );
  const sdk = texts(resource, {
    language: "telemetry.sdk.language",
    name: "telemetry.sdk.name",
    version: "telemetry.sdk.version",
  });
  const { clockAheadS, content } = senderSight(service, instance);
  return {
    service,
    ...(instance !== "" && { instance }),
    ...texts(resource, {
      environment: RESOURCE_ENVIRONMENT,
      release: RESOURCE_SERVICE_VERSION,
      host: "host.name",
    }),
    ...(Object.keys(sdk).length > 0 && { sdk }),
    first_seen,
    last_seen,
    ...(clockAheadS !== undefined && { clock_ahead: clockAheadS }),
    ...(content !== undefined && { content }),
    ...(error === undefined && { requests: own(requests)[0]?.value ?? 0 }),
    dropped: own(dropped).map(({ labels: { what, reason }, value }) => ({
      ...(what !== undefined && { what }),
      ...(reason !== undefined && { reason }),
      items: value,
    })),
    faults: own(faults).map(({ labels: { what }, value }) => ({ ...(what !== undefined && { what }), items: value })),
  };
}

function texts<K extends string>(
  attributes: Sender["resource"],
  names: Readonly<Record<K, string>>,
): { [key in K]?: string } {
  const found: { [key in K]?: string } = {};
  for (const key of Object.keys(names) as K[]) {
    const value = textField(attributes, names[key]);
    if (value !== undefined) found[key] = value;
  }
  return found;
}
