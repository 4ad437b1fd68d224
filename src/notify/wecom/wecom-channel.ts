import type { Channel } from "../channel.js";
import type { Wording } from "../message/wording.js";
import { robotChannel } from "../robot/robot-channel.js";
import { wecomMessage } from "./wecom-message.js";
import { WECOM_REPLY } from "./wecom-reply.js";
import type { WecomSettings } from "./wecom-settings.js";

const MESSAGES_PER_MINUTE = 20;

/**
 * A robot of a WeCom (企业微信) group.
 *
 * @param now Unix time in milliseconds
 */
export function wecomChannel(name: string, settings: WecomSettings & Wording, now = Date.now): Channel {
  return robotChannel(
    {
      name,
      messagesPerMinute: MESSAGES_PER_MINUTE,
      request: (notification) => ({ url: settings.url, payload: wecomMessage(notification, settings) }),
      reply: WECOM_REPLY,
    },
    now,
  );
}
