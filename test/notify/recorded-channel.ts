import type { Channel } from "../../src/notify/channel.js";
import type { NotifiedAlert } from "../../src/notify/notification.js";

/** A channel that hands over each alert of what it is given; what `take` throws is a failed delivery. */
export function recordedChannel(take: (alert: NotifiedAlert) => unknown, name = "recorded"): Channel {
  return {
    name,
    async deliver({ alerts }) {
      try {
        for (const alert of alerts) await take(alert);
        return { delivered: true };
      } catch (error) {
        return { delivered: false, retry: true, message: (error as Error).message };
      }
    },
  };
}

/** One notification about one alert. */
export function aboutOne(alert: NotifiedAlert) {
  return { id: alert.id, groupId: alert.rule, groupLabels: alert.labels, alerts: [alert] };
}
