import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { LogRow, MetricPointRow, SpanRow } from "../../src/receive/telemetry-batch.js";
import { startReceiver } from "../receive/receiver-server.js";

export interface AppStart {
  /** File in `apps/`, or an absolute path. */
  app: string;
  /** Node's own flags, before the file. */
  flags?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** The Node that runs it; default: the one that runs the tests. */
  node?: string | undefined;
}

/** What an app did, as seen by an OTLP receiver and on its standard output. */
export interface ObservedApp {
  spans: SpanRow[];
  points: MetricPointRow[];
  logs: LogRow[];
  /** The JSON object on the last line of standard output; undefined when the app printed nothing. */
  printed: unknown;
  stderr: string;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const APPS = fileURLToPath(new URL("apps/", import.meta.url));
const LIMIT_MS = 25_000;
const MOST_AT_ONCE = 2;

let running = 0;
const waiting: (() => void)[] = [];

/** Runs an app as a process of its own until it ends by itself; it sends to a receiver that lives as long. */
export async function observeApp(start: AppStart): Promise<ObservedApp> {
  if (running >= MOST_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    return await runObserved(start);
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

async function runObserved({ app, flags = [], env = {}, node = process.execPath }: AppStart): Promise<ObservedApp> {
  const receiver = await startReceiver();
  try {
    const child = spawn(node, [...flags, app.startsWith("/") ? app : `${APPS}${app}`], {
      cwd: ROOT,
      // Not the developer's own variables: LangSmith and OpenTelemetry read many.
      env: { PATH: process.env.PATH, HOME: process.env.HOME, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: LIMIT_MS,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    const errors = Buffer.concat(stderr).toString();
    if (code !== 0) throw new Error(`${app} ended with ${signal ?? `exit code ${code}`}:\n${errors}`);
    const lastLine = Buffer.concat(stdout).toString().trimEnd().split("\n").at(-1) ?? "";
    return {
      spans: receiver.batches.flatMap((batch) => batch.spans),
      points: receiver.batches.flatMap((batch) => batch.points),
      logs: receiver.batches.flatMap((batch) => batch.logs),
      printed: lastLine === "" ? undefined : JSON.parse(lastLine),
      stderr: errors,
    };
  } finally {
    await receiver.close();
  }
}
