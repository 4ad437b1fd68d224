import { createServer } from "node:http";
import { join, resolve } from "node:path";
import type { AlertsView } from "../alert/alert-view.js";
import { createEvaluator, type Evaluator } from "../alert/evaluator.js";
import { exampleTraceFrom } from "../alert/example-trace.js";
import type { Rule } from "../alert/rule.js";
import { SilenceList } from "../alert/silence-list.js";
import { SqliteAlertJournal } from "../alert/sqlite-alert-journal.js";
import type { ApiSources } from "../dashboard/api/api.js";
import type { Channel } from "../notify/channel.js";
import { createNotify } from "../notify/notify.js";
import { IndicatorSource } from "../query/indicator-source.js";
import { LocalMetricSource } from "../query/local-metric-source.js";
import { LocalRecordSource } from "../query/local-record-source.js";
import { PrometheusSource } from "../query/prometheus/prometheus-source.js";
import { createOtlpReceiver } from "../receive/otlp-receiver.js";
import type { TelemetryBatch } from "../receive/telemetry-batch.js";
import { openTelemetryStore } from "../store/open-telemetry-store.js";
import type { TelemetryStore } from "../store/telemetry-store.js";
import { EventStream } from "./event-stream.js";
import { listen } from "./listen.js";
import { metricsText } from "./metrics-text.js";
import { OriginGuard } from "./origin-guard.js";
import { packageRoot, packageVersion } from "./package-root.js";
import { PageFiles } from "./page-files.js";
import { type RouterServices, routeRequest } from "./request-router.js";
import { ServerCounters } from "./server-counters.js";
import type { ServerSettings } from "./server-settings.js";
import { TokenGate } from "./token-gate.js";

export interface LocalServerOptions
  extends Pick<ServerSettings, "dataDir" | "host" | "port" | "token" | "externalUrl" | "pageLanguage">,
    Partial<Pick<ServerSettings, "jaegerUrl" | "source">> {
  rules: readonly Rule[];
  /** Who is told of alerts. */
  channels: readonly Channel[];
  /** Gets what went wrong and is shown nowhere else. */
  log(message: string): void;
  /** Take a free port when the wanted one is taken. Default false: fail and say so. */
  portFallback?: boolean;
  /** Where there is a token, give an address that logs a reader in once without it. Default false. */
  loginAddress?: boolean;
}

export interface LocalServer {
  /** Where people reach it: the external URL, else the address it listens on. */
  url: string;
  /** With `loginAddress`: opens the page once. It is a secret until then. */
  loginUrl?: string;
  port: number;
  /** Absolute. */
  dataDir: string;
  /** Evaluates every rule for this moment; resolves when what it found has been sent. */
  evaluateNow(): Promise<AlertsView>;
  /** Finishes what is under way, then stops the evaluator and closes the files. Calling it again changes nothing. */
  close(): Promise<void>;
}

/** What comes first ends the life of a row: two weeks, or 5 GB of them. */
const RETENTION = { days: 14, maxBytes: 5_000_000_000 };

/** How long requests under way may take when the server closes, before they are cut. */
const CLOSE_GRACE_MS = 5000;

/**
 * Starts the local server: OTLP in, page and API out, rules evaluated, in one process on one port. It listens before
 * it opens its files, so that a second server on the same port fails before it touches them.
 *
 * @throws {ConfigError} the port is taken, or the address is not of this machine
 * @throws {JournalHeldError} another server uses the data folder
 */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const { host, token, externalUrl, pageLanguage, log, portFallback = false, loginAddress = false } = options;
  const dataDir = resolve(options.dataDir);
  const counters = new ServerCounters();
  const stream = new EventStream();
  let services: RouterServices | undefined;
  const gate = new TokenGate(token, { secure: externalUrl?.startsWith("https:") ?? false });
  const parts = {
    guard: new OriginGuard({ host, externalUrl }),
    gate,
    page: new PageFiles(join(packageRoot(), "dist", "page"), pageLanguage),
    stream,
    counters,
    services: () => services,
    log,
  };
  const http = createServer((request, response) => void routeRequest(parts, request, response));
  // Longer than the idle time of exporters' connections, or they would write into one that is just being closed.
  http.keepAliveTimeout = 65_000;

  const port = await listen(http, { host, port: options.port, portFallback }).catch((error) => {
    stream.close();
    throw error;
  });
  const url = externalUrl ?? `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const closeHttp = (): Promise<void> =>
    new Promise((done) => {
      const cut = setTimeout(() => http.closeAllConnections(), CLOSE_GRACE_MS);
      // A connection that is kept alive becomes idle only when the request under way on it is answered.
      const sweep = setInterval(() => http.closeIdleConnections(), 50);
      http.close(() => {
        clearTimeout(cut);
        clearInterval(sweep);
        done();
      });
      stream.close();
    });

  const work = await openWork(options, { dataDir, url, stream, counters }).catch(async (error) => {
    await closeHttp();
    throw error;
  });
  services = work.services;
  let closing: Promise<void> | undefined;
  return {
    url,
    // In the fragment, which browsers send to no server and no proxy logs.
    ...(loginAddress && token && { loginUrl: `${url}/login#code=${gate.makeLoginCode().reveal()}` }),
    port,
    dataDir,
    evaluateNow: work.evaluateNow,
    close() {
      closing ??= closeHttp().then(work.close);
      return closing;
    },
  };
}

interface Work {
  services: RouterServices;
  evaluateNow(): Promise<AlertsView>;
  close(): Promise<void>;
}

interface WorkParts {
  dataDir: string;
  url: string;
  stream: EventStream;
  counters: ServerCounters;
}

/** receive → store → query → alert → notify, on one data folder. */
async function openWork(options: LocalServerOptions, { dataDir, url, stream, counters }: WorkParts): Promise<Work> {
  const { rules, channels, jaegerUrl, source, log } = options;
  const startedAt = new Date().toISOString();
  const version = packageVersion();
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.toReversed()) await closer();
  };
  try {
    const journal = await SqliteAlertJournal.open(dataDir);
    closers.push(() => journal.close());
    const store = await openTelemetryStore({ dataDir, retention: RETENTION, clock: Date.now });
    closers.push(() => store.close());

    const prometheus = source && new PrometheusSource(source);
    const metrics = prometheus ?? new LocalMetricSource(store);
    const records = new LocalRecordSource(store);
    const indicators = new IndicatorSource(metrics, records);
    const silences = await SilenceList.open({ journal, onEnd: () => evaluator.tellAgain() });
    closers.push(async () => silences.stop());
    const notify = createNotify({ rules: () => rules, silences: () => silences.all(), journal, channels, log });
    const evaluator: Evaluator = await createEvaluator({
      rules,
      source: indicators,
      ...(prometheus && { exprSource: prometheus }),
      journal,
      exampleTrace: exampleTraceFrom(store),
      externalUrl: url,
      log,
      async onTransitions(transitions, active) {
        await notify(transitions, active);
        stream.publish("alerts");
      },
    });
    closers.push(() => evaluator.stop());
    evaluator.start();

    const api: ApiSources = {
      store,
      indicators,
      alerts: () => evaluator.view(),
      rules: () => rules,
      server: {
        version,
        startedAt,
        dataDir,
        setAside: journal.setAside === undefined ? [] : [journal.setAside],
        sources: { metrics: metrics.name, records: records.name },
        jaegerUrl,
      },
      nowMs: Date.now,
    };
    const services: RouterServices = {
      receive: createOtlpReceiver({ sink: (batch) => ingest(store, batch, stream, counters) }),
      api,
      metrics: async () =>
        metricsText({
          indicators,
          counters,
          version,
          alerts: await evaluator.view(),
          status: await store.status(),
          nowMs: Date.now(),
        }),
    };
    return { services, evaluateNow: () => evaluator.evaluateNow(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function ingest(
  store: TelemetryStore,
  batch: TelemetryBatch,
  stream: EventStream,
  counters: ServerCounters,
): Promise<void> {
  const result = await store.ingest(batch);
  counters.addStored(result);
  if (result.spans + result.logs > 0) stream.publish("traces");
  if (result.points + result.logs > 0) stream.publish("indicators");
}
