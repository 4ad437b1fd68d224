import { join, resolve } from "node:path";
import type { AlertsView } from "../alert/alert-view.js";
import { exampleTraceFrom } from "../alert/example-trace.js";
import { SqliteAlertJournal } from "../alert/sqlite-alert-journal.js";
import { alertRoutes } from "../dashboard/api/alert-routes.js";
import { type CompareSources, compareRoutes } from "../dashboard/api/compare-routes.js";
import { receiverRoutes } from "../dashboard/api/receiver-routes.js";
import { requestRoutes } from "../dashboard/api/request-routes.js";
import { setupRoutes } from "../dashboard/api/setup-routes.js";
import type { SetupSources } from "../dashboard/api/setup-view.js";
import { type TelemetrySources, telemetryRoutes } from "../dashboard/api/telemetry-routes.js";
import type { Channel } from "../notify/channel.js";
import { IndicatorSource } from "../query/indicator-source.js";
import { LocalMetricSource } from "../query/local-metric-source.js";
import { LocalRecordSource } from "../query/local-record-source.js";
import { PrometheusSource } from "../query/prometheus/prometheus-source.js";
import { createOtlpReceiver } from "../receive/otlp-receiver.js";
import { SenderWatch } from "../receive/sender-watch.js";
import type { TelemetryBatch } from "../receive/telemetry-batch.js";
import { openTelemetryStore } from "../store/open-telemetry-store.js";
import type { TelemetryStore } from "../store/telemetry-store.js";
import { openAlertWork } from "./alert-work.js";
import { makeDataFolder } from "./data-folder.js";
import type { EventStream } from "./event-stream.js";
import { type HttpFront, openHttpFront } from "./http-front.js";
import { metricsText } from "./metrics-text.js";
import { OwnMetrics } from "./own-metrics.js";
import { packageRoot, packageVersion } from "./package-root.js";
import { PageFiles } from "./page-files.js";
import { RecordFamilies } from "./record-families.js";
import type { RouterServices } from "./request-router.js";
import { DEFAULT_RETENTION } from "./retention-settings.js";
import type { ReadableRules, RulesFileContents } from "./rules-in-use.js";
import type { ServerCounters } from "./server-counters.js";
import type { ServerSettings } from "./server-settings.js";

export interface LocalServerOptions
  extends RulesFileContents,
    Pick<ServerSettings, "dataDir" | "host" | "port" | "token" | "externalUrl" | "pageLanguage" | "language">,
    Partial<Pick<ServerSettings, "jaegerUrl" | "source" | "retention">> {
  /** The file that they come from, which is read again when it changes; absent: they stay as they are. */
  rulesFile?: ReadableRules;
  /** Told of every alert, beside the receivers. */
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

/**
 * Starts the local server: OTLP in, page and API out, rules evaluated, in one process on one port. It listens before
 * it opens its files, so that a second server on the same port fails before it touches them.
 *
 * @throws {ConfigError} the port is taken, or the address is not of this machine; the data folder cannot be used
 * @throws {JournalHeldError} another server uses the data folder
 */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const { token, pageLanguage, portFallback = false, loginAddress = false } = options;
  const dataDir = resolve(options.dataDir);
  const page = new PageFiles(join(packageRoot(), "dist", "page"), pageLanguage);
  const front = await openHttpFront({ ...options, page, portFallback });
  const { url, port, gate } = front;
  const work = await openWork({ ...options, dataDir }, front).catch(async (error) => {
    await front.close();
    throw error;
  });
  front.serve(work.services);
  let closing: Promise<void> | undefined;
  return {
    url,
    // In the fragment, which browsers send to no server and no proxy logs.
    ...(loginAddress && token && { loginUrl: `${url}/login#code=${gate.makeLoginCode().reveal()}` }),
    port,
    dataDir,
    evaluateNow: work.evaluateNow,
    close() {
      closing ??= front.close().then(work.close);
      return closing;
    },
  };
}

interface Work {
  services: RouterServices;
  evaluateNow(): Promise<AlertsView>;
  close(): Promise<void>;
}

/** receive → store → query → alert → notify, on one data folder. */
async function openWork(options: LocalServerOptions, { url, stream, counters }: HttpFront): Promise<Work> {
  const { dataDir, rules, receivers = [], route, rulesFile, channels, language, jaegerUrl, source, log } = options;
  const startedAt = new Date().toISOString();
  const version = packageVersion();
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.toReversed()) await closer();
  };
  try {
    makeDataFolder(dataDir);
    // First, because its lock says whether another server has the folder.
    const journal = await SqliteAlertJournal.open(dataDir);
    closers.push(() => journal.close());
    const { retention = DEFAULT_RETENTION } = options;
    const store = await openTelemetryStore({ dataDir, retention, clock: Date.now });
    closers.push(() => store.close());
    const own = new OwnMetrics();
    closers.push(() => own.close());

    const prometheus = source && new PrometheusSource(source);
    const metrics = prometheus ?? new LocalMetricSource(store);
    const records = new LocalRecordSource(store);
    const indicators = new IndicatorSource(metrics, records);
    const alerts = await openAlertWork({
      journal,
      rules,
      receivers,
      route,
      rulesFile,
      language,
      source: indicators,
      ...(prometheus && { exprSource: prometheus }),
      exampleTrace: exampleTraceFrom(store),
      channels,
      pageUrl: url,
      meter: own.meter,
      onChange: () => stream.publish("alerts"),
      log,
    });
    closers.push(() => alerts.close());
    alerts.evaluator.start();

    const senders = new SenderWatch();
    const telemetry: TelemetrySources & CompareSources & SetupSources = {
      store,
      indicators,
      keepsMetrics: prometheus === undefined,
      server: {
        version,
        startedAt,
        dataDir,
        setAside: journal.setAside === undefined ? [] : [journal.setAside],
        sources: { metrics: metrics.name, records: records.name },
        jaegerUrl,
      },
      alertWork: () => alerts.status(),
      senderSight: (service, instance) => senders.sight(service, instance),
      nowMs: Date.now,
    };
    const recordFamilies = new RecordFamilies(indicators, Date.now);
    const services: RouterServices = {
      receive: createOtlpReceiver({
        sink: (batch) => {
          senders.note(batch, Date.now());
          return ingest(store, batch, stream, counters);
        },
      }),
      api: [
        ...telemetryRoutes(telemetry),
        ...compareRoutes(telemetry),
        ...setupRoutes(telemetry),
        ...requestRoutes({ store, onDeleted: () => stream.publish("traces", "indicators"), nowMs: Date.now }),
        ...alertRoutes(alerts.sources),
        ...receiverRoutes(alerts.receivers),
      ],
      metrics: async () =>
        metricsText({ records: recordFamilies, counters, version, own, status: await store.status() }),
    };
    return { services, evaluateNow: () => alerts.evaluateNow(), close };
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
