import type { Channel } from "../channel.js";
import type { Wording } from "../message/wording.js";
import { robotChannel } from "../robot/robot-channel.js";
import { dingtalkMessage } from "./dingtalk-message.js";
import { DINGTALK_REPLY } from "./dingtalk-reply.js";
import type { DingtalkSettings } from "./dingtalk-settings.js";
import { signedDingtalkUrl } from "./dingtalk-signature.js";

/** Who sends a 21st message within a minute is shut out for ten. */
const MESSAGES_PER_MINUTE = 20;

/**
 * A robot of a DingTalk group.
 *
 * @param now Unix time in milliseconds; DingTalk takes signatures of an hour around its own
 */
export function dingtalkChannel(name: string, settings: DingtalkSettings & Wording, now = Date.now): Channel {
  return robotChannel(
    {
      name,
      messagesPerMinute: MESSAGES_PER_MINUTE,
      request: (notification, nowMs) => ({
        url: signedDingtalkUrl(settings.url, settings.secret, nowMs),
        payload: dingtalkMessage(notification, settings),
      }),
      reply: DINGTALK_REPLY,
    },
    now,
  );
}
