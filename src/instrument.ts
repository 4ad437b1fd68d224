import { isMainThread } from "node:worker_threads";
import type { Meter } from "@opentelemetry/api";
import type { LogRecordExporter } from "@opentelemetry/sdk-logs";
import type { PushMetricExporter } from "@opentelemetry/sdk-metrics";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import { appResource } from "./export/app-resource.js";
import { flushOnExit } from "./export/exit-flush.js";
import { ExportPipeline } from "./export/export-pipeline.js";
import { type ExportSettings, exportSettingsOf, SIGNALS, shownHost, signalsOff } from "./export/export-settings.js";
import { SendReport } from "./export/send-report.js";
import { withTimeLimit } from "./export/time-limit.js";
import { traceSampler } from "./export/trace-sampler.js";
import { CAPTURE_VARIABLE, type CaptureMode, captureModeOf } from "./instrument/capture-mode.js";
import { systemClock } from "./instrument/clock.js";
import { ConfigError } from "./instrument/config-error.js";
import { type FaultSink, guard } from "./instrument/fault-guard.js";
import type { HookReport } from "./instrument/hook-probe.js";
import { Instrumentation } from "./instrument/instrumentation.js";
import { MetricInstruments } from "./instrument/metric-instruments.js";
import { nearestName } from "./instrument/nearest-name.js";
import { PriceBook } from "./instrument/price-book.js";
import { type PriceTable, parsePriceTable } from "./instrument/price-table.js";
import { processState } from "./instrument/process-state.js";
import type { Redact } from "./instrument/redaction.js";
import type { Detail } from "./instrument/run-kind.js";
import { RESOURCE_SERVICE_NAME, RESOURCE_SERVICE_VERSION } from "./instrument/semconv.js";
import type { Signals } from "./instrument/signals.js";

export interface InstrumentOptions {
  /** `service.name`. Default: `OTEL_SERVICE_NAME`, else the name in the app's package.json. */
  serviceName?: string;
  /** `service.version`, the release. Default: the version in the app's package.json. */
  serviceVersion?: string;
  /** `deployment.environment.name`. Default: `NODE_ENV`. */
  environment?: string;
  /** Base URL of an OTLP/HTTP receiver. Default: `OTEL_EXPORTER_OTLP_ENDPOINT`, else http://127.0.0.1:4318. */
  endpoint?: string;
  /** HTTP headers for the receiver, such as a vendor's key. Default: `OTEL_EXPORTER_OTLP_HEADERS`. */
  headers?: Readonly<Record<string, string>>;
  /**
   * How much of a run tree becomes spans: `calls` (workflows, agents, models, tools, retrievers), `steps` (and named
   * steps and graph nodes; the default), `all` (and the plumbing in between).
   */
  detail?: Detail;
  /** Send prompts, answers, tool arguments and documents. Default: off, or `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`. */
  captureMessageContent?: boolean | "span_only" | "event_only" | "span_and_event" | "no_content";
  /** Rewrites each captured text before it is sent. When it throws, the text is left out. */
  redact?: Redact;
  /** Prices by model name or pattern, US dollars per million tokens; they win over the built-in table. */
  prices?: PriceTable;
  /** Histograms with exponential buckets (the default) or the explicit ones of backends that know no others. */
  histogramBuckets?: "exponential" | "explicit";
  /** Your own exporter of spans, in place of OTLP. */
  traceExporter?: SpanExporter;
  /** Your own exporter of metrics, in place of OTLP. */
  metricExporter?: PushMetricExporter;
  /** Your own exporter of log records, in place of OTLP. */
  logExporter?: LogRecordExporter;
}

/** What `instrument()` returns. */
export interface InstrumentHandle {
  /** Sends everything that has ended; false when some of it could not be sent now, or within 30 s, and is kept. */
  flush(): Promise<boolean>;
  /** Flushes, takes the hooks out and stops, within 5 s. What could not be sent is counted as dropped. */
  shutdown(): Promise<void>;
  /** Which way into LangChain is live. */
  hooks(): Promise<HookReport>;
}

const OPTION_NAMES: readonly (keyof InstrumentOptions)[] = [
  "serviceName",
  "serviceVersion",
  "environment",
  "endpoint",
  "headers",
  "detail",
  "captureMessageContent",
  "redact",
  "prices",
  "histogramBuckets",
  "traceExporter",
  "metricExporter",
  "logExporter",
];
const DETAILS: readonly Detail[] = ["calls", "steps", "all"];
const SHUTDOWN_TIMEOUT_MS = 5_000;
/** How long a flush keeps a process alive that is about to end. */
const EXIT_FLUSH_LIMIT_MS = 5_000;
const FLUSH_LIMIT_MS = 30_000;
/** What became of the telemetry that was left when the process ended. */
const UNSENT = {
  "gave up": "could not be sent",
  "process.exit": "were not sent: await flush() before process.exit()",
  "uncaught error": "were not sent: an uncaught error ended it. Catch it around the request, and await flush()",
} as const;
const MAX_OPEN_RUNS = 10_000;

/**
 * Watches every LangChain run of this process from now on, whether LangChain is loaded already or later. Calling it
 * again returns the first handle.
 *
 * @throws {ConfigError} when an option or `OTEL_*` variable cannot work: with its name, its value and the cure. After
 * this, nothing of Chainwatch throws into the app.
 *
 * @example
 * import { instrument } from "chainwatch";
 * instrument({ serviceName: "my-app" });
 */
export function instrument(options: InstrumentOptions = {}): InstrumentHandle {
  const state = processState<InstrumentHandle>();
  if (state.handle !== undefined) return state.handle;
  checkOptions(options);
  const { env } = process;
  if (env.OTEL_SDK_DISABLED?.trim().toLowerCase() === "true") return disabledHandle();
  const capture = captureModeOf(options.captureMessageContent, env[CAPTURE_VARIABLE]);
  const prices = new PriceBook(parsePriceTable(options.prices));
  const settings = exportSettingsOf(options, env, !isMainThread);
  const sampler = traceSampler(env);

  const resource = appResource(options, env, process.argv[1]);
  const report = new SendReport(systemClock, say);
  let pipeline: ExportPipeline | undefined;
  let meter: Meter | undefined;
  let instruments: MetricInstruments | undefined;
  const uncounted: FaultSink = () => undefined;
  const decide = (): Signals => {
    pipeline ??= new ExportPipeline({
      settings,
      sampler,
      resource,
      exporters: options,
      onDrop: (what, items, reason) =>
        guard("drop", uncounted, () => {
          instruments?.countDropped(what, reason, items);
          report.dropped(what, items, reason);
        }),
      onAttempt: (target, result) => guard("attempt", uncounted, () => report.attempt(target, result)),
    });
    const now = pipeline.meter();
    if (instruments === undefined || now !== meter) {
      const next = new MetricInstruments(now);
      if (instruments !== undefined) next.takeOver(instruments);
      instruments = next;
      meter = now;
    }
    return { tracer: pipeline.tracer, instruments, logger: pipeline.logger };
  };
  const warned = new Set<string>();
  const version = resource.attributes[RESOURCE_SERVICE_VERSION];
  const instrumentation = new Instrumentation({
    signals: decide,
    clock: systemClock,
    detail: options.detail ?? "steps",
    capture,
    redact: options.redact,
    prices,
    release: typeof version === "string" ? version : undefined,
    maxOpenRuns: MAX_OPEN_RUNS,
    idle: { streamMs: 5 * 60_000, callMs: 15 * 60_000, runMs: 60 * 60_000 },
    warnOnce: (key, message) => {
      if (warned.has(key) || warned.size >= MAX_WARNINGS) return;
      warned.add(key);
      say(message);
    },
  });
  state.listeners = instrumentation.listeners;
  state.runner = instrumentation.runner;

  const flush = async (): Promise<boolean> => {
    decide();
    return (await pipeline?.flush()) ?? true;
  };
  const stopExitFlush = flushOnExit({
    flush,
    beforeLast: () => instrumentation.abandonOpen(),
    pending: () => pipeline?.pending() ?? 0,
    limitMs: EXIT_FLUSH_LIMIT_MS,
    onLoss: (items, why) => {
      say(`the process ends with ${items} spans and records that ${UNSENT[why]}.`);
    },
  });
  const reached = instrumentation.reach();
  reached.catch(() => undefined);
  // An app that sets up OpenTelemetry itself does so now or in this turn of the event loop.
  const deciding = setImmediate(decide).unref();

  const handle: InstrumentHandle = {
    flush: async () => (await withTimeLimit(flush(), FLUSH_LIMIT_MS)) ?? false,
    async shutdown() {
      if (state.handle !== handle) return;
      state.handle = undefined;
      instrumentation.abandonOpen();
      state.listeners = undefined;
      state.runner = undefined;
      clearImmediate(deciding);
      stopExitFlush();
      instrumentation.stop();
      await pipeline?.shutdown(SHUTDOWN_TIMEOUT_MS);
      report.end();
    },
    hooks: () => reached,
  };
  state.handle = handle;
  const target = targetShown(options, settings);
  say(startLine(String(resource.attributes[RESOURCE_SERVICE_NAME]), target, capture));
  return handle;
}

const MAX_WARNINGS = 100;

function say(message: string): void {
  process.stderr.write(`chainwatch: ${message}\n`);
}

function targetShown(
  { traceExporter, metricExporter, logExporter }: InstrumentOptions,
  settings: ExportSettings,
): string {
  if (traceExporter !== undefined && metricExporter !== undefined && logExporter !== undefined) {
    return "your own exporters";
  }
  const off = signalsOff(settings);
  const first = SIGNALS.map((signal) => settings.destinations[signal]).find((destination) => destination !== undefined);
  if (first === undefined) return `nowhere: ${off.join(", ")} are off`;
  return off.length === 0 ? shownHost(first) : `${shownHost(first)} without ${off.join(" and ")}`;
}

function startLine(service: string, target: string, capture: CaptureMode): string {
  const text = capture.spans || capture.events ? "on" : "off";
  return `watching "${service}" → ${target}; prompt text ${text} (captureMessageContent)`;
}

function checkOptions(options: unknown): asserts options is InstrumentOptions {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ConfigError({
      option: "options",
      expected: "an object",
      found: options,
      cure: 'write instrument({ serviceName: "my-app" })',
    });
  }
  for (const name of Object.keys(options)) {
    if ((OPTION_NAMES as readonly string[]).includes(name)) continue;
    const nearest = nearestName(name, OPTION_NAMES);
    throw new ConfigError({
      option: name,
      expected: `one of ${OPTION_NAMES.join(", ")}`,
      found: name,
      cure: nearest === undefined ? "leave it out" : `write ${nearest}`,
    });
  }
  const given = options as Record<string, unknown>;
  for (const name of ["serviceName", "serviceVersion", "environment"]) {
    if (given[name] === undefined || (typeof given[name] === "string" && given[name] !== "")) continue;
    throw new ConfigError({
      option: name,
      expected: "a text that is not empty",
      found: given[name],
      cure: "give a string",
    });
  }
  if (given.detail !== undefined && !(DETAILS as readonly unknown[]).includes(given.detail)) {
    throw new ConfigError({
      option: "detail",
      expected: DETAILS.map((detail) => `"${detail}"`).join(", "),
      found: given.detail,
      cure: 'leave it out for "steps"',
    });
  }
  if (given.redact !== undefined && typeof given.redact !== "function") {
    throw new ConfigError({
      option: "redact",
      expected: "a function (text, where) => text",
      found: given.redact,
      cure: "give a function or leave it out",
    });
  }
  for (const name of ["traceExporter", "metricExporter", "logExporter"]) {
    const exporter = given[name] as { export?: unknown } | undefined;
    if (exporter === undefined || typeof exporter?.export === "function") continue;
    throw new ConfigError({
      option: name,
      expected: "an OpenTelemetry exporter, with a method export",
      found: exporter,
      cure: "give an exporter object, such as new OTLPTraceExporter()",
    });
  }
}

function disabledHandle(): InstrumentHandle {
  say("OTEL_SDK_DISABLED is true: nothing is watched.");
  return {
    flush: async () => true,
    shutdown: async () => undefined,
    hooks: async () => ({ copies: [], others: "none" }),
  };
}
