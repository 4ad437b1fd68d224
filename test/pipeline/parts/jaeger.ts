import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePorts } from "./free-ports.js";
import { jaegerProgram } from "./go-parts.js";
import { PartProcess } from "./part-process.js";

/** A real Jaeger, with its traces in memory: they are gone when it is killed. */
export interface Jaeger {
  part: PartProcess;
  /** `host:port` that takes OTLP over gRPC. */
  otlpGrpc: string;
  /** Base URL of the query API and the page. */
  queryUrl: string;
}

/** @param folder an empty one, for its configuration */
export async function startJaeger(folder: string): Promise<Jaeger> {
  const program = await jaegerProgram();
  const port = await freePorts("grpc", "query", "queryGrpc", "health");
  const at = (name: keyof typeof port): string => `127.0.0.1:${port[name]}`;
  const config = join(folder, "jaeger.yaml");
  await writeFile(
    config,
    `service:
  extensions: [jaeger_storage, jaeger_query, healthcheckv2]
  telemetry: { metrics: { level: none } }
  pipelines:
    traces: { receivers: [otlp], processors: [], exporters: [jaeger_storage_exporter] }
extensions:
  healthcheckv2: { use_v2: true, http: { endpoint: "${at("health")}" } }
  jaeger_query:
    storage: { traces: memory }
    http: { endpoint: "${at("query")}" }
    grpc: { endpoint: "${at("queryGrpc")}" }
  jaeger_storage: { backends: { memory: { memory: { max_traces: 200000 } } } }
receivers:
  otlp: { protocols: { grpc: { endpoint: "${at("grpc")}" } } }
exporters:
  jaeger_storage_exporter: { trace_storage: memory }
`,
  );
  const part = await PartProcess.start({
    name: "jaeger",
    program,
    args: ["--config", config],
    readyUrl: `http://${at("query")}/api/services`,
  });
  return { part, otlpGrpc: at("grpc"), queryUrl: `http://${at("query")}` };
}
