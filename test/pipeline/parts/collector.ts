import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "./free-ports.js";
import { collectorProgram } from "./go-parts.js";
import { PartProcess } from "./part-process.js";

/** The configuration that the compose stack runs, unedited. */
export const COLLECTOR_CONFIG = fileURLToPath(new URL("../../../otel-collector/collector.yaml", import.meta.url));

/** A real Collector with the project's configuration. */
export interface Collector {
  part: PartProcess;
  /** Base URL that takes OTLP over HTTP. */
  url: string;
  /** `host:port` that takes OTLP over gRPC. */
  otlpGrpc: string;
  /** Where the daily JSON lines are. */
  recordsFolder: string;
  /** Read for Chainwatch's token. */
  tokenFile: string;
  /** Its own figures, in Prometheus' text format. */
  telemetryUrl: string;
}

export interface CollectorOptions {
  /** `host:port`. */
  jaeger?: string;
  /** Base URL of an OTLP receiver. */
  prometheus?: string;
  /** Base URL. */
  chainwatch?: string;
  /** Default: the project's. */
  config?: string;
  token?: string;
}

/** Nobody listens there. */
const NOWHERE = "127.0.0.1:9";

/** @param folder an empty one, for its queue, its files and the token */
export async function startCollector(folder: string, options: CollectorOptions): Promise<Collector> {
  const { jaeger = NOWHERE, prometheus = `http://${NOWHERE}`, chainwatch = `http://${NOWHERE}` } = options;
  const program = await collectorProgram();
  const port = await freePorts("grpc", "http", "health", "telemetry");
  const at = (name: keyof typeof port): string => `127.0.0.1:${port[name]}`;
  const tokenFile = join(folder, "token");
  await writeFile(tokenFile, options.token ?? "the server asks for none");
  const recordsFolder = join(folder, "records");
  const part = await PartProcess.start({
    name: "collector",
    program,
    args: ["--config", options.config ?? COLLECTOR_CONFIG],
    env: {
      OTLP_GRPC_ADDRESS: at("grpc"),
      OTLP_HTTP_ADDRESS: at("http"),
      HEALTH_ADDRESS: at("health"),
      TELEMETRY_HOST: "127.0.0.1",
      TELEMETRY_PORT: String(port.telemetry),
      JAEGER_ENDPOINT: jaeger,
      PROMETHEUS_ENDPOINT: prometheus,
      CHAINWATCH_ENDPOINT: chainwatch,
      CHAINWATCH_TOKEN_FILE: tokenFile,
      QUEUE_DIR: join(folder, "queue"),
      RECORDS_DIR: recordsFolder,
    },
    readyUrl: `http://${at("health")}/`,
  });
  return {
    part,
    url: `http://${at("http")}`,
    otlpGrpc: at("grpc"),
    recordsFolder,
    tokenFile,
    telemetryUrl: `http://${at("telemetry")}/metrics`,
  };
}
