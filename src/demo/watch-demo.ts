import { type InstrumentHandle, instrument } from "../index.js";
import { DEMO_SERVICE } from "./demo-rules.js";

/** Prices of models that no public table knows, US dollars per million tokens. */
const DEMO_PRICES = {
  "demo-small": { input: 0.05, output: 0.2 },
  "demo-large": { input: 3, output: 12 },
};

/**
 * Watches the demo's app, and sends to the endpoint alone.
 *
 * @throws {ConfigError} for an endpoint that cannot be one
 */
export function watchDemo(endpoint: string): InstrumentHandle {
  forgetAppSettings(process.env);
  return instrument({ serviceName: DEMO_SERVICE, endpoint, captureMessageContent: true, prices: DEMO_PRICES });
}

/** Settings in the environment are for the user's app: the demo must not send to the user's own back ends. */
function forgetAppSettings(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(env)) {
    if (/^(OTEL|LANGSMITH|LANGCHAIN|LANGFUSE)_/.test(name)) delete env[name];
  }
}
