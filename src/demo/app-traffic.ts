import { setTimeout as sleep } from "node:timers/promises";
import { withRequest } from "../index.js";
import { createDemoApp } from "./demo-app.js";
import type { ModelServer } from "./model-server.js";
import { seededRandom } from "./seeded-random.js";
import { runTraffic, type TrafficParts } from "./traffic.js";

/** Characters of a query that the request record shows. */
const LONGEST_QUERY = 80;

/** The demo's users at the demo's app, in real time, until it is stopped. Resolves when no request is under way. */
export function runAppTraffic(
  models: ModelServer,
  { stop, incident, again }: Pick<TrafficParts, "stop" | "incident" | "again">,
): Promise<void> {
  const app = createDemoApp({ baseURL: models.url, apiKey: "demo" });
  return runTraffic({
    send: ({ requestType, query, userId, sessionId }) =>
      withRequest(
        { userId, sessionId, conversationId: sessionId, requestType, query: query.slice(0, LONGEST_QUERY) },
        () => app[requestType](query, { signal: AbortSignal.any([stop]) }),
      ),
    models,
    random: seededRandom(2),
    pause: (seconds) => sleep(seconds * 1000, undefined, { signal: stop }).catch(() => undefined),
    stop,
    incident,
    again,
  });
}
