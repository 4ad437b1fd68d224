import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePorts } from "./free-ports.js";
import { prometheusProgram } from "./go-parts.js";
import { PartProcess } from "./part-process.js";

/** A real metrics backend that speaks Prometheus' query API and takes OTLP. */
export interface MetricsBackend {
  part: PartProcess;
  /** Base URL of the query API. */
  url: string;
  /** Takes OTLP metrics, protobuf. */
  otlpMetricsUrl: string;
}

/**
 * @param folder an empty one, for its configuration and data; the same one again keeps the data
 * @param rulesFile path of rules that it evaluates
 */
export async function startPrometheus(folder: string, rulesFile?: string): Promise<MetricsBackend> {
  const program = await prometheusProgram();
  const { http } = await freePorts("http");
  const url = `http://127.0.0.1:${http}`;
  const config = join(folder, "prometheus.yml");
  await writeFile(
    config,
    `otlp:
  promote_resource_attributes: [service.name, service.version, service.instance.id, deployment.environment.name]
storage: { tsdb: { out_of_order_time_window: 1d } }
rule_files: ${JSON.stringify(rulesFile === undefined ? [] : [rulesFile])}
`,
  );
  const part = await PartProcess.start({
    name: "prometheus",
    program,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${http}`,
      "--web.enable-otlp-receiver",
    ],
    readyUrl: `${url}/-/ready`,
  });
  return { part, url, otlpMetricsUrl: `${url}/api/v1/otlp/v1/metrics` };
}
