import type { Channel } from "../channel.js";
import type { Wording } from "../message/wording.js";
import { robotChannel } from "../robot/robot-channel.js";
import { feishuMessage } from "./feishu-message.js";
import { FEISHU_REPLY } from "./feishu-reply.js";
import type { FeishuSettings } from "./feishu-settings.js";
import { feishuSignature } from "./feishu-signature.js";

const MESSAGES_PER_MINUTE = 100;

/**
 * A custom bot of a Feishu or Lark group.
 *
 * @param now Unix time in milliseconds; Feishu takes signatures of an hour around its own
 */
export function feishuChannel(name: string, settings: FeishuSettings & Wording, now = Date.now): Channel {
  return robotChannel(
    {
      name,
      messagesPerMinute: MESSAGES_PER_MINUTE,
      request: (notification, nowMs) => {
        const { url, secret } = settings;
        const message = feishuMessage(notification, settings);
        if (secret === undefined) return { url, payload: message };
        const { timestamp, sign } = feishuSignature(secret, nowMs);
        return { url, payload: { timestamp, sign: sign.reveal(), ...message }, secrets: [sign] };
      },
      reply: FEISHU_REPLY,
    },
    now,
  );
}
