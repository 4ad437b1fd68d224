import { createHmac } from "node:crypto";
import { answerJson, RobotServer } from "../robot/robot-server.js";

/** How a bot is set up in its group. */
export interface FeishuBot {
  secret?: string;
  keywords?: string[];
  /** Unix time in milliseconds, by Feishu's clock. */
  nowMs?: number;
  /** Whether this machine is in the bot's whitelist. */
  allowed?: boolean;
  /** In the place of the bot's answer. */
  answer?: object;
}

export const FEISHU_TOKEN = "5d0e2a9c-7b41-4f0e-9a55-0c1b2d3e4f50";

interface Posted {
  timestamp?: string;
  sign?: string;
  msg_type: string;
  card?: { header: { title: { content: string } }; elements: { content?: string; text?: { content: string } }[] };
}

/** A server that judges what it gets as Feishu's custom bots do, and refuses it in their words. */
export function feishuServer(bot: FeishuBot): Promise<RobotServer> {
  return RobotServer.start(({ url, body }, response) => {
    answerJson(response, bot.answer ?? judge(bot, url, body));
  });
}

function judge(bot: FeishuBot, url: URL, body: string): object {
  const { secret, keywords, nowMs = Date.now(), allowed = true } = bot;
  const refused = (code: number, msg: string): object => ({ code, msg, data: {} });
  if (url.pathname !== `/open-apis/bot/v2/hook/${FEISHU_TOKEN}`) {
    return refused(19001, "param invalid: incoming webhook access token invalid");
  }
  if (!allowed) return refused(19022, "Ip Not Allowed");
  if (Buffer.byteLength(body) > 20 * 1024) return refused(9499, "Bad Request");
  const { timestamp = "", sign, msg_type, card } = JSON.parse(body) as Posted;
  if (secret !== undefined) {
    const expected = createHmac("sha256", `${timestamp}\n${secret}`).update("").digest("base64");
    if (typeof timestamp !== "string" || Math.abs(Number(timestamp) * 1000 - nowMs) > 3_600_000 || sign !== expected) {
      return refused(19021, "sign match fail or timestamp is not within one hour from current time");
    }
  }
  if (msg_type !== "interactive" || card === undefined) return refused(9499, "Bad Request");
  const texts = [
    card.header.title.content,
    ...card.elements.map(({ content, text }) => content ?? text?.content ?? ""),
  ];
  const hasKeyword = keywords?.some((keyword) => texts.some((text) => text.includes(keyword))) ?? true;
  if (!hasKeyword) return refused(19024, "Key Words Not Found");
  return { StatusCode: 0, StatusMessage: "success", code: 0, data: {}, msg: "success" };
}
