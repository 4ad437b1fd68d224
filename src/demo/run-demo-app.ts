import type { InstrumentHandle } from "../index.js";
import type { Language } from "../indicators/language.js";
import { runAppTraffic } from "./app-traffic.js";
import { DEMO_TEXTS } from "./demo-texts.js";
import { type ModelServer, startModelServer } from "./model-server.js";
import { watchDemo } from "./watch-demo.js";

export interface DemoAppOptions {
  /** Base URL of the OTLP/HTTP receiver that gets the telemetry. */
  endpoint: string;
  language: Language;
  out(line: string): void;
  /** Ends the demo. */
  stop: AbortSignal;
}

/**
 * The demo's app alone, for a pipeline that is there already: traffic, and an incident every ten minutes, until it is
 * stopped. What has not been sent by then is sent.
 *
 * @returns the exit code
 * @throws {ConfigError} for an endpoint that cannot be one
 */
export async function runDemoApp({ endpoint, language, out, stop }: DemoAppOptions): Promise<number> {
  let watch: InstrumentHandle | undefined;
  let models: ModelServer | undefined;
  try {
    watch = watchDemo(endpoint);
    models = await startModelServer();
    out(DEMO_TEXTS.incidentAhead[language]);
    await runAppTraffic(models, {
      stop,
      incident: (phase) => out(DEMO_TEXTS[phase === "begins" ? "incidentBegins" : "incidentOver"][language]),
      again: true,
    });
    return 0;
  } finally {
    await models?.close();
    await watch?.shutdown();
  }
}
