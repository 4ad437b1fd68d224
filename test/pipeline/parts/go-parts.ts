import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { copyFile, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cachedPart } from "./part-cache.js";

const COLLECTOR = "0.158.0";
const MANIFEST = fileURLToPath(new URL("../../../otel-collector/builder.yaml", import.meta.url));

/** The Collector of `otel-collector/builder.yaml`. @returns path of its program */
export function collectorProgram(): Promise<string> {
  const modules =
    readFileSync(MANIFEST, "utf8")
      .match(/^[^#]+$/gm)
      ?.join("\n") ?? "";
  // Another manifest is another Collector.
  const version = `${COLLECTOR}-${createHash("sha256").update(modules).digest("hex").slice(0, 8)}`;
  return goPart("otelcol-chainwatch", version, "about 4 minutes", async (folder) => {
    await goInstall(folder, `go.opentelemetry.io/collector/cmd/builder@v${COLLECTOR}`);
    // The builder puts its work beside the manifest.
    await copyFile(MANIFEST, join(folder, "builder.yaml"));
    await run(join(folder, "builder"), ["--config", "builder.yaml", "--skip-strict-versioning"], folder);
    await rename(join(folder, "dist", "otelcol-chainwatch"), join(folder, "otelcol-chainwatch"));
  });
}

/** Jaeger 2, whose module is numbered 1.x. Its replaced modules keep `go install` from working. @returns path of its program */
export function jaegerProgram(): Promise<string> {
  return goPart("jaeger", "1.76.0", "about 5 minutes", async (folder) => {
    const program = "github.com/jaegertracing/jaeger/cmd/jaeger";
    await run("go", ["mod", "init", "chainwatch.test/jaeger"], folder);
    await run("go", ["get", "-tool", `${program}@v1.76.0`], folder);
    await run("go", ["build", "-o", "jaeger", program], folder);
  });
}

const PROMETHEUS = "0.316.0";

/** Prometheus 3.16, whose module is numbered 0.316. @returns path of its program */
export function prometheusProgram(): Promise<string> {
  return goPart("prometheus", PROMETHEUS, "about 7 minutes", (folder) =>
    goInstall(folder, `github.com/prometheus/prometheus/cmd/prometheus@v${PROMETHEUS}`),
  );
}

/** Prometheus' own tool. @returns path of its program */
export function promtoolProgram(): Promise<string> {
  return goPart("promtool", PROMETHEUS, "about 1 minute", (folder) =>
    goInstall(folder, `github.com/prometheus/prometheus/cmd/promtool@v${PROMETHEUS}`),
  );
}

/** @returns path of its program */
export function victoriaMetricsProgram(): Promise<string> {
  return goPart("victoria-metrics", "1.150.0", "about half a minute", (folder) =>
    goInstall(folder, "github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics@v1.150.0"),
  );
}

/** VictoriaMetrics' evaluator of rules. @returns path of its program */
export function vmalertProgram(): Promise<string> {
  return goPart("vmalert", "1.150.0", "about a quarter of a minute", (folder) =>
    goInstall(folder, "github.com/VictoriaMetrics/VictoriaMetrics/app/vmalert@v1.150.0"),
  );
}

/** Docker Compose 2, as a plug-in of the docker command. @returns path of its program */
export function composeProgram(): Promise<string> {
  return goPart("docker-compose", "2.32.4", "about 2 minutes", async (folder) => {
    await goInstall(folder, "github.com/docker/compose/v2/cmd@v2.32.4");
    await rename(join(folder, "cmd"), join(folder, "docker-compose"));
  });
}

async function goPart(
  name: string,
  version: string,
  time: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const how = `with Go: ${time} on 2 cores`;
  return join(await cachedPart({ key: `${name}-${version}`, how, make }), name);
}

async function goInstall(folder: string, program: string): Promise<void> {
  // Outside the repository, so that no go.mod above it plays a part.
  const cwd = await mkdtemp(join(tmpdir(), "chainwatch-go-"));
  try {
    await run("go", ["install", program], cwd, { GOBIN: folder });
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

const MEBIBYTE = 1024 * 1024;

async function run(program: string, args: string[], cwd: string, env: Record<string, string> = {}): Promise<void> {
  try {
    // Mirrors of the module proxy serve modules whose checksums the public database, asked through them, does not give.
    const goEnv = { ...process.env, GOSUMDB: "off", ...env };
    await promisify(execFile)(program, args, { cwd, env: goEnv, maxBuffer: 64 * MEBIBYTE });
  } catch (error) {
    const { code, stderr } = error as { code?: string | number; stderr?: string };
    if (code === "ENOENT") {
      throw new Error(`${program} is not here: install Go 1.26 or later (https://go.dev/dl), then run again`);
    }
    throw new Error(`${program} ${args.join(" ")} failed:\n${stderr?.slice(-4000) ?? error}`, { cause: error });
  }
}
