import { join } from "node:path";
import { freePorts } from "./free-ports.js";
import { victoriaMetricsProgram } from "./go-parts.js";
import { PartProcess } from "./part-process.js";
import type { MetricsBackend } from "./prometheus.js";

/** @param folder an empty one, for its data; the same one again keeps the data */
export async function startVictoriaMetrics(folder: string): Promise<MetricsBackend> {
  const program = await victoriaMetricsProgram();
  const { http } = await freePorts("http");
  const url = `http://127.0.0.1:${http}`;
  const part = await PartProcess.start({
    name: "victoria-metrics",
    program,
    args: [
      `-storageDataPath=${join(folder, "data")}`,
      `-httpListenAddr=127.0.0.1:${http}`,
      // Whoever cannot say so with a question, as vmalert, would not see the newest 30 s.
      "-search.latencyOffset=1ms",
    ],
    readyUrl: `${url}/health`,
  });
  return { part, url, otlpMetricsUrl: `${url}/opentelemetry/v1/metrics` };
}
