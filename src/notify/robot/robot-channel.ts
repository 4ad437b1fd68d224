import type { Secret } from "../../receive/secret.js";
import type { Channel } from "../channel.js";
import { callHttp } from "../http-call.js";
import type { Notification } from "../notification.js";
import { deliveryByCode, type RobotReply } from "./robot-reply.js";
import { SendLimit } from "./send-limit.js";

/** A group robot: a webhook of a chat, to which a message is posted as JSON. */
export interface Robot {
  /** The receiver's name. */
  name: string;
  /** What its service allows it. */
  messagesPerMinute: number;
  /** What to post and where to, signed at this time (Unix, milliseconds). */
  request(notification: Notification, nowMs: number): RobotRequest;
  reply: RobotReply;
}

export interface RobotRequest {
  url: Secret;
  /** Becomes JSON. */
  payload: object;
  /** What of the payload nobody may read in a log. */
  secrets?: readonly Secret[];
}

/** Posts to a group robot, within the rate that its service allows. */
export function robotChannel(robot: Robot, now: () => number): Channel {
  const limit = new SendLimit(robot.messagesPerMinute);
  return {
    name: robot.name,
    async deliver(notification, signal) {
      const nowMs = now();
      const waitMs = limit.take(nowMs);
      if (waitMs > 0) {
        const message = `the robot may send ${limit.perMinute} messages a minute, and has`;
        return { delivered: false, retry: true, retryAfterMs: waitMs, message };
      }
      const { url, payload, secrets = [] } = robot.request(notification, nowMs);
      const body = JSON.stringify(payload);
      const call = await callHttp({ url, contentType: "application/json", body, secrets, signal }, nowMs);
      return "failed" in call ? call.failed : deliveryByCode(call.reply, robot.reply);
    },
  };
}
