import { describe, expect, it } from "vitest";
import { type ExportOptions, exportSettingsOf, shownHost, signalsOff } from "../../src/export/export-settings.js";
import { ConfigError } from "../../src/instrument/config-error.js";

type Environment = Record<string, string>;

const settings = (options: ExportOptions = {}, env: Environment = {}, inWorker = false) =>
  exportSettingsOf(options, env, inWorker);

function fault(options: object, env: Environment = {}): ConfigError {
  try {
    settings(options as ExportOptions, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("no ConfigError");
}

const ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
const urls = (options: ExportOptions, env: Environment = {}): string[] =>
  Object.values(settings(options, env).destinations).map((destination) => destination?.url ?? "off");

describe("Without options and variables", () => {
  it("everything goes to the local server, often and uncompressed", () => {
    const local = {
      gzip: false,
      format: "protobuf",
      endpointSetting: "OTEL_EXPORTER_OTLP_ENDPOINT",
      headersSetting: "OTEL_EXPORTER_OTLP_HEADERS",
    };
    expect(settings()).toEqual({
      destinations: {
        traces: { ...local, signal: "traces", url: "http://127.0.0.1:4318/v1/traces" },
        metrics: { ...local, signal: "metrics", url: "http://127.0.0.1:4318/v1/metrics" },
        logs: { ...local, signal: "logs", url: "http://127.0.0.1:4318/v1/logs" },
      },
      headers: undefined,
      metricIntervalMs: 2_000,
      temporality: "cumulative",
      explicitBuckets: false,
      spans: { delayMs: 500, maxItems: 50_000, maxBatch: 512 },
      records: { delayMs: 500, maxItems: 50_000, maxBatch: 512 },
    });
  });

  it("nothing waits longer than a second in a worker thread", () => {
    expect(settings({}, {}, true).metricIntervalMs).toBe(1_000);
    expect(settings({ endpoint: "https://otlp.example" }, {}, true).metricIntervalMs).toBe(1_000);
  });
});

describe("The endpoint", () => {
  it("of an option wins over every variable", () => {
    const env = { [ENDPOINT]: "http://other:4318", OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://third:4318/v1/traces" };
    expect(urls({ endpoint: "https://otlp.example/base/" }, env)).toEqual([
      "https://otlp.example/base/v1/traces",
      "https://otlp.example/base/v1/metrics",
      "https://otlp.example/base/v1/logs",
    ]);
  });

  it("of a signal's variable is whole and wins over the general variable", () => {
    const env = { [ENDPOINT]: "http://all:4318/", OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://traces:1/custom" };
    expect(urls({}, env)).toEqual(["http://traces:1/custom", "http://all:4318/v1/metrics", "http://all:4318/v1/logs"]);
  });

  it("of a signal's variable alone leaves the others at the default", () => {
    expect(urls({}, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://traces:1/v1/traces" })[1]).toBe(
      "http://127.0.0.1:4318/v1/metrics",
    );
  });

  it("on another machine gets compressed requests and metrics every ten seconds", () => {
    const remote = settings({ endpoint: "https://otlp.example" });
    expect(remote.metricIntervalMs).toBe(10_000);
    expect(remote.destinations.traces?.gzip).toBe(true);
  });

  it.each(["http://localhost:4318", "http://127.1.2.3:4318", "http://[::1]:4318"])("%s is this machine", (endpoint) => {
    expect(settings({ endpoint }).metricIntervalMs).toBe(2_000);
  });

  it("is shown without its credentials", () => {
    const { traces } = settings({ endpoint: "https://user:secret@otlp.example:8443/x" }).destinations;
    expect(traces && shownHost(traces)).toBe("otlp.example:8443");
  });
});

describe("What decides a destination is named as its owner wrote it", () => {
  it.each<[object, Environment, { endpointSetting: string; headersSetting: string }]>([
    [{ endpoint: "http://a", headers: {} }, {}, { endpointSetting: "endpoint", headersSetting: "headers" }],
    [
      {},
      { [ENDPOINT]: "http://a", OTEL_EXPORTER_OTLP_HEADERS: "a=b" },
      { endpointSetting: ENDPOINT, headersSetting: "OTEL_EXPORTER_OTLP_HEADERS" },
    ],
    [
      {},
      { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://a/v1/logs", OTEL_EXPORTER_OTLP_LOGS_HEADERS: "a=b" },
      {
        endpointSetting: "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
        headersSetting: "OTEL_EXPORTER_OTLP_LOGS_HEADERS",
      },
    ],
  ])("%j with %j", (options, env, names) => {
    expect(settings(options as ExportOptions, env).destinations.logs).toMatchObject(names);
  });
});

describe("A signal", () => {
  it("is off by OTEL_…_EXPORTER=none", () => {
    const env = { OTEL_TRACES_EXPORTER: "otlp", OTEL_METRICS_EXPORTER: " none ", OTEL_LOGS_EXPORTER: "" };
    expect(signalsOff(settings({}, env))).toEqual(["metrics"]);
    expect(urls({}, env)).toEqual(["http://127.0.0.1:4318/v1/traces", "off", "http://127.0.0.1:4318/v1/logs"]);
    expect(signalsOff(settings())).toEqual([]);
  });

  it("is off when the variable names only exporters of an SDK of the app's own, and on when otlp is among them", () => {
    expect(signalsOff(settings({}, { OTEL_METRICS_EXPORTER: "prometheus" }))).toEqual(["metrics"]);
    expect(signalsOff(settings({}, { OTEL_TRACES_EXPORTER: "console, otlp" }))).toEqual([]);
  });

  it("with an exporter of the app's own is on, whatever the variable says", () => {
    expect(signalsOff(settings({ metricExporter: {} }, { OTEL_METRICS_EXPORTER: "none" }))).toEqual([]);
    expect(signalsOff(settings({ metricExporter: {} }, { OTEL_METRICS_EXPORTER: "prometheus" }))).toEqual([]);
  });

  it("is written as its own variable says, else as the general one does", () => {
    const env = { OTEL_EXPORTER_OTLP_PROTOCOL: "http/json", OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "http/protobuf" };
    const { traces, metrics, logs } = settings({}, env).destinations;
    expect([traces?.format, metrics?.format, logs?.format]).toEqual(["json", "json", "protobuf"]);
  });
});

describe("A variable of OpenTelemetry", () => {
  it.each<[string, string, (found: ReturnType<typeof settings>) => unknown, unknown]>([
    ["OTEL_METRIC_EXPORT_INTERVAL", "60000", (found) => found.metricIntervalMs, 60_000],
    ["OTEL_BSP_SCHEDULE_DELAY", "5000", (found) => found.spans.delayMs, 5_000],
    ["OTEL_BSP_MAX_QUEUE_SIZE", "2048", (found) => found.spans.maxItems, 2_048],
    ["OTEL_BSP_MAX_QUEUE_SIZE", "100", (found) => found.spans.maxBatch, 100],
    ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "64", (found) => found.spans.maxBatch, 64],
    ["OTEL_BLRP_SCHEDULE_DELAY", "5000", (found) => found.records.delayMs, 5_000],
    ["OTEL_BLRP_MAX_QUEUE_SIZE", "10", (found) => found.records.maxItems, 10],
    ["OTEL_EXPORTER_OTLP_COMPRESSION", "gzip", (found) => found.destinations.logs?.gzip, true],
    ["OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "gzip", (found) => found.destinations.logs?.gzip, false],
    ["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "DELTA", (found) => found.temporality, "delta"],
    [
      "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
      "explicit_bucket_histogram",
      (found) => found.explicitBuckets,
      true,
    ],
  ])("%s=%s wins over the default", (variable, value, read, expected) => {
    expect(read(settings({}, { [variable]: value }))).toBe(expected);
  });

  it("loses against the option", () => {
    const env = { OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: "explicit_bucket_histogram" };
    expect(settings({ histogramBuckets: "exponential" }, env).explicitBuckets).toBe(false);
  });

  it("that is empty counts as unset", () => {
    const env = { [ENDPOINT]: "", OTEL_EXPORTER_OTLP_PROTOCOL: "", OTEL_METRIC_EXPORT_INTERVAL: "" };
    expect(settings({}, env)).toEqual(settings());
  });
});

describe("A setting that cannot work names itself, its value and the cure", () => {
  it.each<[object, Environment, { option: string; found: string; cure: string; at?: string }]>([
    [{ endpoint: "4318" }, {}, { option: "endpoint", found: '"4318"', cure: "http://127.0.0.1:4318" }],
    [{ endpoint: "ftp://x" }, {}, { option: "endpoint", found: '"ftp://x"', cure: "base URL" }],
    [{ endpoint: 4318 }, {}, { option: "endpoint", found: "4318", cure: "base URL" }],
    [
      { endpoint: "http://x:4318/v1/traces" },
      {},
      { option: "endpoint", found: '"http://x:4318/v1/traces"', cure: "leave the /v1/… at its end out" },
    ],
    [
      {},
      { [ENDPOINT]: "http://x/v1/logs/" },
      { option: "endpoint", found: "http://x/v1/logs/", cure: "leave", at: ENDPOINT },
    ],
    [
      {},
      { [ENDPOINT]: "localhost:4318" },
      { option: "endpoint", found: "localhost:4318", cure: "base URL", at: ENDPOINT },
    ],
    [
      {},
      { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
      { option: "protocol", found: '"grpc"', cure: "http/protobuf", at: "OTEL_EXPORTER_OTLP_PROTOCOL" },
    ],
    [
      {},
      { OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "http/xml" },
      { option: "protocol", found: '"http/xml"', cure: "logExporter", at: "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL" },
    ],
    [
      {},
      { OTEL_METRICS_EXPORTER: "oltp" },
      { option: "OTEL_METRICS_EXPORTER", found: '"oltp"', cure: "your own metricExporter" },
    ],
    [
      {},
      { OTEL_TRACES_EXPORTER: "otlp,consol" },
      { option: "OTEL_TRACES_EXPORTER", found: '"consol"', cure: "your own traceExporter" },
    ],
    [{ headers: ["a"] }, {}, { option: "headers", found: "an array", cure: "authorization" }],
    [{ headers: { "bad name": "x" } }, {}, { option: "headers", found: '"bad name"', cure: "authorization" }],
    [{ histogramBuckets: "log" }, {}, { option: "histogramBuckets", found: '"log"', cure: "leave it out" }],
    [
      {},
      { OTEL_METRIC_EXPORT_INTERVAL: "abc" },
      { option: "OTEL_METRIC_EXPORT_INTERVAL", found: '"abc"', cure: "correct or unset OTEL_METRIC_EXPORT_INTERVAL" },
    ],
    [{}, { OTEL_BSP_MAX_QUEUE_SIZE: "-1" }, { option: "OTEL_BSP_MAX_QUEUE_SIZE", found: '"-1"', cure: "unset" }],
    [
      {},
      { OTEL_EXPORTER_OTLP_COMPRESSION: "zstd" },
      { option: "OTEL_EXPORTER_OTLP_COMPRESSION", found: '"zstd"', cure: "unset" },
    ],
  ])("%j with %j", (options, env, { option, found, cure, at }) => {
    const error = fault(options, env);
    expect(error.option).toBe(option);
    expect(error.found).toContain(found);
    expect(error.cure).toContain(cure);
    for (const part of [option, found, cure, at ?? ""]) expect(error.message).toContain(part);
  });

  it("unless an exporter of the app's own makes it matter no more", () => {
    const env = { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" };
    const own = { traceExporter: {}, metricExporter: {}, logExporter: {} };
    expect(settings(own, env).headers).toBeUndefined();
    expect(fault({ traceExporter: {} }, env).found).toBe('"grpc"');
  });

  it.each<[object, Environment]>([
    [{ headers: "authorization=Bearer SECRET" }, {}],
    [{ headers: { authorization: 12345 } }, {}],
    [{ headers: { authorization: "Bearer SECRET\nx" } }, {}],
    [{ headers: { authorization: ["SECRET"] } }, {}],
    [{}, { OTEL_EXPORTER_OTLP_HEADERS: "Bearer SECRET" }],
    [{}, { OTEL_EXPORTER_OTLP_HEADERS: "x=1,=SECRET" }],
    [{ endpoint: "htp://user:SECRET@x" }, {}],
    [{ endpoint: "https://user:SECRET@x/v1/traces?key=SECRET" }, {}],
    [{}, { [ENDPOINT]: "htp://user:SECRET@x?key=SECRET" }],
  ])("and never shows a key: %j with %j", (options, env) => {
    const { message, found } = fault(options, env);
    expect(message + found).not.toMatch(/SECRET|12345/);
  });
});
