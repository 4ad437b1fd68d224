import type { ApiRoute } from "./api.js";
import { monthSpendView } from "./month-spend-view.js";
import { type SetupSources, setupView } from "./setup-view.js";

/** Who sends telemetry, and what this month's will have cost. */
export function setupRoutes(sources: SetupSources): ApiRoute[] {
  return [
    {
      method: "GET",
      path: "/api/setup",
      answer: ({ query }) => setupView(sources, query),
    },
    {
      method: "GET",
      path: "/api/costs/month",
      answer: ({ query }) => monthSpendView(sources, query),
    },
  ];
}
