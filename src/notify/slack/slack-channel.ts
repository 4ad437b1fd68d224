import type { Channel } from "../channel.js";
import { callHttp } from "../http-call.js";
import type { Wording } from "../message/wording.js";
import { plainSlackMessage, type SlackMessage, slackMessage } from "./slack-message.js";
import { refusesBlocks, slackDelivery } from "./slack-reply.js";
import type { SlackSettings } from "./slack-settings.js";

/**
 * An incoming webhook of a Slack channel. Slack takes about one message a second from each, and says in `Retry-After`
 * when it will take another: https://docs.slack.dev/apis/web-api/rate-limits
 *
 * @param now Unix time in milliseconds
 */
export function slackChannel(name: string, settings: SlackSettings & Wording, now = Date.now): Channel {
  return {
    name,
    async deliver(notification, signal) {
      const post = (message: SlackMessage) =>
        callHttp({ url: settings.url, contentType: "application/json", body: JSON.stringify(message), signal }, now());
      const call = await post(slackMessage(notification, settings));
      if ("failed" in call) return call.failed;
      if (!refusesBlocks(call.reply)) return slackDelivery(call.reply);
      // People must hear of an alert although something in it is not to Slack's liking.
      const plain = await post(plainSlackMessage(notification, settings));
      return "failed" in plain ? plain.failed : slackDelivery(plain.reply);
    },
  };
}
