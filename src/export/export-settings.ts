import { validateHeaderName, validateHeaderValue } from "node:http";
import { ConfigError } from "../instrument/config-error.js";

export type Signal = "traces" | "metrics" | "logs";

/** Where one signal goes. */
export interface Destination {
  signal: Signal;
  /** Whole, with its path. */
  url: string;
  /** Compress what is sent. */
  gzip: boolean;
  format: "protobuf" | "json";
  /** The option or variable that decides the URL, as messages name it. */
  endpointSetting: string;
  /** The option or variable that holds the headers, as messages name it. */
  headersSetting: string;
}

/** How long items wait and how many. */
export interface QueueSettings {
  /** Milliseconds. */
  delayMs: number;
  maxItems: number;
  maxBatch: number;
}

/** Where our own SDK sends to and how; decided once at start. */
export interface ExportSettings {
  /** Undefined: nothing of that signal is kept or sent. */
  destinations: Readonly<Record<Signal, Destination | undefined>>;
  /** From the option; those of `OTEL_EXPORTER_OTLP_HEADERS` are added where they are sent. */
  headers: Readonly<Record<string, string>> | undefined;
  /** Milliseconds. */
  metricIntervalMs: number;
  temporality: "cumulative" | "delta" | "lowmemory";
  explicitBuckets: boolean;
  spans: QueueSettings;
  records: QueueSettings;
}

export interface ExportOptions {
  endpoint?: string | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  histogramBuckets?: "exponential" | "explicit" | undefined;
  /** Exporters of the app's own: what only concerns OTLP is not checked for their signals. */
  traceExporter?: object | undefined;
  metricExporter?: object | undefined;
  logExporter?: object | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

export const DEFAULT_ENDPOINT = "http://127.0.0.1:4318";

/** In the order in which they are told of. */
export const SIGNALS = ["traces", "metrics", "logs"] as const satisfies readonly Signal[];

const FORMATS: Readonly<Record<string, Destination["format"]>> = { "http/protobuf": "protobuf", "http/json": "json" };
const ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
const HEADERS = "OTEL_EXPORTER_OTLP_HEADERS";
const TEMPORALITY = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";
const AGGREGATION = "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION";
const OWN_EXPORTERS = {
  traces: "traceExporter",
  metrics: "metricExporter",
  logs: "logExporter",
} as const satisfies Record<Signal, keyof ExportOptions>;
/** As the OpenTelemetry specification names exporters. */
const KNOWN_EXPORTERS = ["otlp", "none", "console", "logging", "prometheus", "zipkin", "jaeger"];
const QUEUE_LIMIT = 50_000;
const BATCH_LIMIT = 512;
const DELAY_MS = 500;
/** A worker thread ends without a word when it is terminated: nothing of it waits longer. */
const LONGEST_WORKER_DELAY_MS = 1_000;

/**
 * Reads options and `OTEL_*` variables. An option wins over a variable, a variable over our default.
 *
 * @param inWorker Whether this is a worker thread.
 * @throws {ConfigError} that names the option or variable, its value and the cure.
 */
export function exportSettingsOf(options: ExportOptions, env: Environment, inWorker = false): ExportSettings {
  checkHeaders(options.headers);
  checkHeaderVariables(env);
  const destinations = destinationsOf(options, env);
  const defaultIntervalMs = isLoopback(destinations.metrics?.url) ? 2_000 : 10_000;
  return {
    destinations,
    headers: options.headers === undefined ? undefined : { ...options.headers },
    metricIntervalMs:
      positive(env, "OTEL_METRIC_EXPORT_INTERVAL") ?? (inWorker ? LONGEST_WORKER_DELAY_MS : defaultIntervalMs),
    temporality: oneOf(env, TEMPORALITY, ["cumulative", "delta", "lowmemory"]) ?? "cumulative",
    explicitBuckets: explicitBuckets(options.histogramBuckets, env),
    spans: queueSettings(env, "OTEL_BSP"),
    records: queueSettings(env, "OTEL_BLRP"),
  };
}

function queueSettings(env: Environment, prefix: "OTEL_BSP" | "OTEL_BLRP"): QueueSettings {
  const maxItems = positive(env, `${prefix}_MAX_QUEUE_SIZE`) ?? QUEUE_LIMIT;
  return {
    delayMs: positive(env, `${prefix}_SCHEDULE_DELAY`) ?? DELAY_MS,
    maxItems,
    maxBatch: Math.min(positive(env, `${prefix}_MAX_EXPORT_BATCH_SIZE`) ?? BATCH_LIMIT, maxItems),
  };
}

/** The signals that nothing is kept or sent of. */
export function signalsOff({ destinations }: ExportSettings): Signal[] {
  return SIGNALS.filter((signal) => destinations[signal] === undefined);
}

function destinationsOf(options: ExportOptions, env: Environment): ExportSettings["destinations"] {
  const base = options.endpoint === undefined ? undefined : checkedBase(options.endpoint);
  const variableBase = env[ENDPOINT] ? checkedBase(env[ENDPOINT], ENDPOINT) : DEFAULT_ENDPOINT;
  const destinationOf = (signal: Signal): Destination | undefined => {
    const own = options[OWN_EXPORTERS[signal]] !== undefined;
    if (!own && isOff(env, signal)) return undefined;
    const wholeVariable = signalVariable(signal, "ENDPOINT");
    const whole = env[wholeVariable] ? parseEndpoint(env[wholeVariable], wholeVariable).href : undefined;
    const url = base === undefined ? (whole ?? `${variableBase}/v1/${signal}`) : `${base}/v1/${signal}`;
    const headersVariable = signalVariable(signal, "HEADERS");
    return {
      signal,
      url,
      gzip: compressionOf(env, signal) ?? !isLoopback(url),
      format: own ? "protobuf" : formatOf(env, signal),
      endpointSetting: base === undefined ? (whole === undefined ? ENDPOINT : wholeVariable) : "endpoint",
      headersSetting: options.headers === undefined ? (env[headersVariable] ? headersVariable : HEADERS) : "headers",
    };
  };
  return { traces: destinationOf("traces"), metrics: destinationOf("metrics"), logs: destinationOf("logs") };
}

/** Host and port, as messages show them: no credentials. */
export function shownHost({ url }: Destination): string {
  return new URL(url).host;
}

function signalVariable(signal: Signal, name: string): string {
  return `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${name}`;
}

/**
 * Whether the app's settings say that this signal does not leave over OTLP. The names of other exporters are meant for
 * an OpenTelemetry SDK of the app's own, which may well run beside us.
 */
function isOff(env: Environment, signal: Signal): boolean {
  const variable = `OTEL_${signal.toUpperCase()}_EXPORTER`;
  const names = (env[variable]?.trim() || "otlp").split(",").map((name) => name.trim());
  const unknown = names.find((name) => !KNOWN_EXPORTERS.includes(name));
  if (unknown === undefined) return !names.includes("otlp");
  throw new ConfigError({
    option: variable,
    expected: `otlp or none, or for an SDK of the app's own ${KNOWN_EXPORTERS.slice(2).join(", ")}`,
    found: unknown,
    cure: `set ${variable} to one of them, or pass your own ${OWN_EXPORTERS[signal]}`,
  });
}

function compressionOf(env: Environment, signal: Signal): boolean | undefined {
  const chosen = [signalVariable(signal, "COMPRESSION"), "OTEL_EXPORTER_OTLP_COMPRESSION"]
    .map((variable) => oneOf(env, variable, ["gzip", "none"]))
    .find((value) => value !== undefined);
  return chosen === undefined ? undefined : chosen === "gzip";
}

function parseEndpoint(value: unknown, variable?: string): URL {
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
  if (url !== undefined && (url.protocol === "http:" || url.protocol === "https:")) return url;
  throw new ConfigError({
    option: "endpoint",
    expected: "an http:// or https:// URL",
    found: withoutSecrets(value),
    ...(variable === undefined ? {} : { at: variable }),
    cure: `give the base URL of an OTLP/HTTP receiver, such as ${DEFAULT_ENDPOINT}`,
  });
}

function checkedBase(endpoint: unknown, variable?: string): string {
  const url = parseEndpoint(endpoint, variable);
  if (/\/v1\/(traces|metrics|logs)\/?$/.test(url.pathname)) {
    throw new ConfigError({
      option: "endpoint",
      expected: "the base URL of the receiver",
      found: withoutSecrets(endpoint),
      ...(variable === undefined ? {} : { at: variable }),
      cure: "leave the /v1/… at its end out: each signal adds its own",
    });
  }
  return url.href.replace(/\/$/, "");
}

function withoutSecrets(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return value.replace(/\/\/[^/@\s]*@/, "//[redacted]@").replace(/\?.*$/s, "?[redacted]");
}

function formatOf(env: Environment, signal: Signal): Destination["format"] {
  const general = "OTEL_EXPORTER_OTLP_PROTOCOL";
  const variable = [signalVariable(signal, "PROTOCOL"), general].find((name) => (env[name]?.trim() ?? "") !== "");
  const value = variable === undefined ? undefined : env[variable]?.trim();
  if (variable === undefined || value === undefined) return "protobuf";
  const format = FORMATS[value];
  if (format !== undefined) return format;
  throw new ConfigError({
    option: "protocol",
    expected: Object.keys(FORMATS).join(" or "),
    found: value,
    at: variable,
    cure:
      `set ${variable}=http/protobuf and the receiver's OTLP/HTTP port (4318, not 4317), ` +
      `or pass your own ${variable === general ? Object.values(OWN_EXPORTERS).join(", ") : OWN_EXPORTERS[signal]}`,
  });
}

function checkHeaders(headers: unknown): void {
  if (headers === undefined) return;
  const cure = 'write headers: { "authorization": "Bearer …" }';
  if (typeof headers !== "object" || headers === null || Array.isArray(headers)) {
    throw new ConfigError({
      option: "headers",
      expected: "an object of strings",
      found: typeof headers === "string" ? "a string" : headers,
      cure,
    });
  }
  for (const [name, value] of Object.entries(headers)) {
    const at = JSON.stringify(name);
    // Only the kind of a value is shown: it may be a key.
    const found = typeof value === "string" ? "a string with other characters" : typeof value;
    if (typeof value !== "string" || !passes(() => validateHeaderValue(name, value))) {
      throw new ConfigError({ option: "headers", expected: "a string that HTTP can carry", found, at, cure });
    }
    if (passes(() => validateHeaderName(name))) continue;
    throw new ConfigError({ option: "headers", expected: "a header name", found: name, cure });
  }
}

function checkHeaderVariables(env: Environment): void {
  for (const middle of ["", "TRACES_", "METRICS_", "LOGS_"]) {
    const variable = `OTEL_EXPORTER_OTLP_${middle}HEADERS`;
    const parts = (env[variable] ?? "").split(",");
    const wrong = parts.findIndex((part) => part.trim() !== "" && !/^[^=]*[^=\s][^=]*=/.test(part));
    if (wrong < 0) continue;
    throw new ConfigError({
      option: "headers",
      expected: "name=value, with a comma between two",
      found: `a part ${wrong + 1} without a name and "="`,
      at: variable,
      cure: `write ${variable}="authorization=Bearer%20…"`,
    });
  }
}

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
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
  return (
    oneOf(env, AGGREGATION, ["base2_exponential_bucket_histogram", "explicit_bucket_histogram"]) ===
    "explicit_bucket_histogram"
  );
}

/** A variable that names one of a few things, in any case. */
function oneOf<T extends string>(env: Environment, variable: string, known: readonly T[]): T | undefined {
  const text = env[variable]?.trim().toLowerCase();
  if (text === undefined || text === "") return undefined;
  const value = known.find((name) => name === text);
  if (value !== undefined) return value;
  throw new ConfigError({
    option: variable,
    expected: known.join(" or "),
    found: env[variable],
    cure: `correct or unset ${variable}`,
  });
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

function isLoopback(url: string | undefined): boolean {
  if (url === undefined) return false;
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}
