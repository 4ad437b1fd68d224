import { once } from "node:events";
import { renderBoard } from "../dashboard/board.js";
import type { BoardOutput } from "../dashboard/live-screen.js";
import { type InstrumentHandle, withRequest } from "../index.js";
import type { Language } from "../indicators/language.js";
import { runAppTraffic } from "./app-traffic.js";
import { explainChain, type ModelAccess } from "./demo-app.js";
import { checkLine, historyLines, requestLine } from "./demo-report.js";
import { DEMO_SERVICE } from "./demo-rules.js";
import { startDemoServer } from "./demo-server.js";
import { readDemoSummary } from "./demo-summary.js";
import { DEMO_TEXTS } from "./demo-texts.js";
import { runFiveRequests } from "./five-requests.js";
import { type ModelServer, startModelServer } from "./model-server.js";
import { shownFolder } from "./server-line.js";
import { ServerReader } from "./server-reader.js";
import { watchDemo } from "./watch-demo.js";

export interface DemoOptions {
  /** The five requests only. */
  once: boolean;
  /** Instead of lines for people, one JSON object on `out` at the end. */
  json: boolean;
  /** A key of the real OpenAI; undefined: the demo brings a model server of its own. */
  liveKey: string | undefined;
  language: Language;
  screen: BoardOutput;
  color: boolean;
  out(line: string): void;
  err(line: string): void;
  /** Ends the demo. */
  stop: AbortSignal;
}

/** The board's window. */
const BOARD_WINDOW_S = 300;

/**
 * The demo: a server with data of its own, a LangChain app that is watched like any other, and what came of it.
 *
 * @returns the exit code: 0, or 130 when it was stopped before the five requests were done
 */
export async function runDemo(options: DemoOptions): Promise<number> {
  const say = options.json ? () => {} : options.out;
  const server = await startDemoServer({ say, warn: options.err, language: options.language });
  const reader = new ServerReader(server.url, DEMO_SERVICE);
  let models: ModelServer | undefined;
  let watch: InstrumentHandle | undefined;
  try {
    models = options.liveKey === undefined ? await startModelServer() : undefined;
    watch = watchDemo(server.url);
    const access: ModelAccess =
      models === undefined ? { apiKey: options.liveKey ?? "" } : { baseURL: models.url, apiKey: "demo" };
    await tellFive(options, say, reader, watch, access);
    if (options.json) options.out(JSON.stringify(await readDemoSummary(reader, server.url, BOARD_WINDOW_S)));
    if (!options.once) {
      await keepRunning(options, say, models);
      say(`${DEMO_TEXTS.stopped[options.language]} ${shownFolder(server.dataDir)}`);
    }
    return 0;
  } catch (error) {
    if (!options.stop.aborted) throw error;
    return 130;
  } finally {
    // In this order: without the models the last calls end, what ended is sent, and the server takes it.
    await models?.close();
    await watch?.shutdown();
    await server.close();
  }
}

type Say = (line: string) => void;

/** The specification's five, the board of the last five minutes, and the alert history. */
async function tellFive(
  { language, screen, color, json, liveKey, stop }: DemoOptions,
  say: Say,
  reader: ServerReader,
  watch: InstrumentHandle,
  access: ModelAccess,
): Promise<void> {
  if (liveKey !== undefined) say(DEMO_TEXTS.live[language]);
  const width = screen.columns || 80;
  const explain = explainChain(access);
  await runFiveRequests({
    ask: ({ requestId, userId, topic }) =>
      withRequest({ requestId, userId, requestType: "explain", query: topic }, () =>
        explain.invoke({ topic }, { signal: AbortSignal.any([stop]) }),
      ),
    async flush() {
      if (!(await watch.flush())) throw new Error("the demo's telemetry did not arrive at its own server");
    },
    reader,
    nowMs: Date.now,
    stop,
    answered: (number, answer, record) => say(requestLine(number, answer, record, { language, width })),
    checked: (alerts) => say(checkLine(alerts, language)),
  });
  if (json) return;
  const [figures, alerts] = await Promise.all([reader.figures(BOARD_WINDOW_S), reader.alerts()]);
  say(renderBoard(figures, { language, width, color }).trimEnd());
  for (const line of historyLines(alerts, language)) say(line);
}

/** Serves until it is stopped; with the demo's own models there is traffic to watch, and an incident. */
async function keepRunning({ language, stop }: DemoOptions, say: Say, models: ModelServer | undefined): Promise<void> {
  if (models === undefined) {
    say(DEMO_TEXTS.next[language]);
    if (!stop.aborted) await once(stop, "abort");
    return;
  }
  say(DEMO_TEXTS.incidentAhead[language]);
  await runAppTraffic(models, {
    stop,
    incident(phase) {
      say(DEMO_TEXTS[phase === "begins" ? "incidentBegins" : "incidentEnds"][language]);
      if (phase === "ends") say(DEMO_TEXTS.next[language]);
    },
    again: false,
  });
}
