import type { ApiRoute } from "./api.js";
import type { ReceiversView } from "./receivers-view.js";

/** Who can be told of alerts. */
export function receiverRoutes(receivers: () => ReceiversView): ApiRoute[] {
  return [
    {
      method: "GET",
      path: "/api/receivers",
      answer({ query }): ReceiversView {
        query.end();
        return receivers();
      },
    },
  ];
}
