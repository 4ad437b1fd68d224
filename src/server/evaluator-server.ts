import { resolve } from "node:path";
import { SqliteAlertJournal } from "../alert/sqlite-alert-journal.js";
import { alertRoutes } from "../dashboard/api/alert-routes.js";
import type { ApiRoute } from "../dashboard/api/api.js";
import { receiverRoutes } from "../dashboard/api/receiver-routes.js";
import type { AlertWorkView } from "../dashboard/api/status-view.js";
import type { Channel } from "../notify/channel.js";
import { type AlertWorkOptions, openAlertWork } from "./alert-work.js";
import { makeDataFolder } from "./data-folder.js";
import { openHttpFront } from "./http-front.js";
import { familiesText } from "./metric-family.js";
import { OwnMetrics } from "./own-metrics.js";
import { packageVersion } from "./package-root.js";
import type { ReadableRules, RulesFileContents } from "./rules-in-use.js";
import type { ServerSettings } from "./server-settings.js";

export interface EvaluatorServerOptions
  extends RulesFileContents,
    Pick<ServerSettings, "dataDir" | "host" | "port" | "token" | "externalUrl" | "language">,
    Pick<AlertWorkOptions, "source" | "exprSource" | "exampleTrace"> {
  /** The file that they come from, which is read again when it changes; absent: they stay as they are. */
  rulesFile?: ReadableRules;
  /** Where a Chainwatch server shows the telemetry, for the links of alerts; undefined: nowhere. */
  pageUrl: string | undefined;
  /** Told of every alert, beside the receivers. */
  channels: readonly Channel[];
  /** Gets what went wrong and is shown nowhere else. */
  log(message: string): void;
}

export interface EvaluatorServer {
  /** Where its API is. */
  url: string;
  port: number;
  /** Absolute. */
  dataDir: string;
  /** Finishes what is under way, then closes the journal. Calling it again changes nothing. */
  close(): Promise<void>;
}

/** The answer of `/api/status` of an evaluator. */
interface EvaluatorStatusView extends AlertWorkView {
  version: string;
  /** ISO 8601, UTC. */
  started_at: string;
}

/**
 * Starts an evaluator by itself: rules, journal and channels, and the API of alerts. The telemetry is elsewhere.
 *
 * @throws {ConfigError} the port is taken, or the address is not of this machine; the data folder cannot be used
 * @throws {JournalHeldError} another evaluator uses the data folder
 */
export async function startEvaluatorServer(options: EvaluatorServerOptions): Promise<EvaluatorServer> {
  const {
    source,
    exprSource,
    exampleTrace,
    rules,
    receivers = [],
    route,
    rulesFile,
    language,
    pageUrl,
    channels,
    log,
  } = options;
  const dataDir = resolve(options.dataDir);
  const front = await openHttpFront({ ...options, portFallback: false });
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await front.close();
    for (const closer of closers.toReversed()) await closer();
  };
  try {
    makeDataFolder(dataDir);
    const journal = await SqliteAlertJournal.open(dataDir);
    closers.push(() => journal.close());
    if (journal.setAside !== undefined) log(`The alert journal was damaged; it is now ${journal.setAside}`);
    const own = new OwnMetrics();
    closers.push(() => own.close());
    const alerts = await openAlertWork({
      journal,
      source,
      ...(exprSource && { exprSource }),
      ...(exampleTrace && { exampleTrace }),
      rules,
      receivers,
      route,
      rulesFile,
      language,
      pageUrl,
      channels,
      meter: own.meter,
      onChange: () => front.stream.publish("alerts"),
      log,
    });
    closers.push(() => alerts.close());
    alerts.evaluator.start();
    const startedAt = new Date().toISOString();
    const status: ApiRoute = {
      method: "GET",
      path: "/api/status",
      answer({ query }): EvaluatorStatusView {
        query.end();
        return { version: packageVersion(), started_at: startedAt, ...alerts.status() };
      },
    };
    front.serve({
      api: [status, ...alertRoutes(alerts.sources), ...receiverRoutes(alerts.receivers)],
      metrics: async () => familiesText(await own.families()),
    });
  } catch (error) {
    await close();
    throw error;
  }
  let closing: Promise<void> | undefined;
  return {
    url: front.url,
    port: front.port,
    dataDir,
    close() {
      closing ??= close();
      return closing;
    },
  };
}
