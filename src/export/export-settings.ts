import { ConfigError } from "../instrument/config-error.js";

/** Where our own SDK sends to and how; decided once at start. */
export interface ExportSettings {
  /** Base URL for the three signals; undefined leaves it to `OTEL_EXPORTER_OTLP_*`. */
  endpoint: string | undefined;
  headers: Record<string, string> | undefined;
  /** Milliseconds. */
  metricIntervalMs: number;
  /** Milliseconds. */
  spanDelayMs: number;
  maxQueuedSpans: number;
  maxQueuedRecords: number;
  explicitBuckets: boolean;
  gzip: boolean;
}

export interface ExportOptions {
  endpoint?: string | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  histogramBuckets?: "exponential" | "explicit" | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

export const DEFAULT_ENDPOINT = "http://127.0.0.1:4318";

const SIGNALS = ["TRACES", "METRICS", "LOGS"] as const;
const PROTOCOL = "http/protobuf";
const QUEUE_LIMIT = 50_000;

/**
 * Reads options and `OTEL_*` variables. An option wins over a variable, a variable over our default.
 *
 * @throws {ConfigError} that names the option or variable, its value and the cure.
 */
export function exportSettingsOf(options: ExportOptions, env: Environment): ExportSettings {
  checkProtocol(env);
  checkHeaders(options.headers);
  const endpointVariables = ["OTEL_EXPORTER_OTLP_ENDPOINT", ...SIGNALS.map((s) => `OTEL_EXPORTER_OTLP_${s}_ENDPOINT`)];
  for (const variable of endpointVariables) {
    const value = env[variable];
    if (value !== undefined && value !== "") parseEndpoint(value, "endpoint", variable);
  }
  const given = options.endpoint === undefined ? undefined : checkedBase(options.endpoint);
  const fromEnvironment = endpointVariables.some((variable) => (env[variable] ?? "") !== "");
  const endpoint = given ?? (fromEnvironment ? undefined : DEFAULT_ENDPOINT);
  const target = endpoint ?? env.OTEL_EXPORTER_OTLP_ENDPOINT ?? "";
  const loopback = isLoopback(target);
  return {
    endpoint,
    headers: options.headers === undefined ? undefined : { ...options.headers },
    metricIntervalMs: positive(env, "OTEL_METRIC_EXPORT_INTERVAL") ?? (loopback ? 2_000 : 10_000),
    spanDelayMs: positive(env, "OTEL_BSP_SCHEDULE_DELAY") ?? 500,
    maxQueuedSpans: positive(env, "OTEL_BSP_MAX_QUEUE_SIZE") ?? QUEUE_LIMIT,
    maxQueuedRecords: positive(env, "OTEL_BLRP_MAX_QUEUE_SIZE") ?? QUEUE_LIMIT,
    explicitBuckets: explicitBuckets(options.histogramBuckets, env),
    gzip: !loopback && (env.OTEL_EXPORTER_OTLP_COMPRESSION ?? "") === "",
  };
}

/** What the start line shows of where telemetry goes. */
export function shownEndpoint(settings: ExportSettings, env: Environment): string {
  const target = settings.endpoint ?? env.OTEL_EXPORTER_OTLP_ENDPOINT ?? env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? "";
  return URL.canParse(target) ? new URL(target).host : target;
}

function parseEndpoint(value: unknown, option: string, at?: string): URL {
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
  if (url !== undefined && (url.protocol === "http:" || url.protocol === "https:")) return url;
  throw new ConfigError({
    option,
    expected: "an http:// or https:// URL",
    found: withoutCredentials(value),
    ...(at === undefined ? {} : { at }),
    cure: `give the base URL of an OTLP/HTTP receiver, such as ${DEFAULT_ENDPOINT}`,
  });
}

function checkedBase(endpoint: unknown): string {
  const url = parseEndpoint(endpoint, "endpoint");
  if (/\/v1\/(traces|metrics|logs)\/?$/.test(url.pathname)) {
    throw new ConfigError({
      option: "endpoint",
      expected: "the base URL of the receiver",
      found: withoutCredentials(endpoint),
      cure: "leave the /v1/… at its end out: each signal adds its own",
    });
  }
  return url.href.replace(/\/$/, "");
}

function withoutCredentials(value: unknown): unknown {
  return typeof value === "string" ? value.replace(/\/\/[^/@\s]*@/, "//[redacted]@") : value;
}

function checkProtocol(env: Environment): void {
  for (const variable of ["OTEL_EXPORTER_OTLP_PROTOCOL", ...SIGNALS.map((s) => `OTEL_EXPORTER_OTLP_${s}_PROTOCOL`)]) {
    const value = env[variable]?.trim();
    if (value === undefined || value === "" || value === PROTOCOL) continue;
    throw new ConfigError({
      option: "protocol",
      expected: PROTOCOL,
      found: value,
      at: variable,
      cure:
        `set ${variable}=${PROTOCOL} and the receiver's OTLP/HTTP port (4318, not 4317), ` +
        "or pass your own traceExporter, metricExporter and logExporter",
    });
  }
}

function checkHeaders(headers: unknown): void {
  if (headers === undefined) return;
  const cure = 'write headers: { "authorization": "Bearer …" }';
  if (typeof headers !== "object" || headers === null || Array.isArray(headers)) {
    throw new ConfigError({ option: "headers", expected: "an object of strings", found: headers, cure });
  }
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === "string") continue;
    throw new ConfigError({
      option: "headers",
      expected: "a string",
      found: typeof value,
      at: JSON.stringify(name),
      cure,
    });
  }
}

function explicitBuckets(option: unknown, env: Environment): boolean {
  if (option !== undefined && option !== "exponential" && option !== "explicit") {
    throw new ConfigError({
      option: "histogramBuckets",
      expected: '"exponential" or "explicit"',
      found: option,
      cure: "leave it out for exponential histograms, which keep percentiles within 1 %",
    });
  }
  if (option !== undefined) return option === "explicit";
  return env.OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION?.toLowerCase() === "explicit_bucket_histogram";
}

function positive(env: Environment, variable: string): number | undefined {
  const text = env[variable]?.trim();
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new ConfigError({
    option: variable,
    expected: "a whole number above 0",
    found: text,
    cure: `correct or unset ${variable}`,
  });
}

function isLoopback(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { hostname } = new URL(endpoint);
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}
