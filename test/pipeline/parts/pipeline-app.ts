import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ModelServer } from "../../../src/demo/model-server.js";
import type { Collector } from "./collector.js";

const APP = fileURLToPath(new URL("../apps/pipeline-app.mjs", import.meta.url));

/** The watched LangChain app as a process of its own. What it tells its owner is seen. */
export function startPipelineApp(
  way: "each-type" | "steadily",
  { models, collector }: { models: ModelServer; collector: Collector },
): ChildProcess {
  // Only what a process needs: settings of whoever runs the tests must not reach it.
  const { PATH = "", HOME = "" } = process.env;
  return spawn(process.execPath, [APP, way], {
    env: { PATH, HOME, MODELS: models.url, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    stdio: ["pipe", "pipe", "inherit"],
  });
}
