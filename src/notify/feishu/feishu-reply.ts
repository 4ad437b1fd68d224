import type { RobotReply } from "../robot/robot-reply.js";

/**
 * What `code` means: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot. Installations of older versions
 * have `StatusCode` in its place.
 */
export const FEISHU_REPLY: RobotReply = {
  codeKeys: ["code", "StatusCode"],
  textKeys: ["msg", "StatusMessage"],
  faults: [
    {
      codes: [11232],
      retry: true,
      waitMs: 10_000,
      cure: {
        en: "Feishu takes 100 messages a minute and 5 a second from a bot, and fewer on the hour; it is tried again",
        zh: "飞书限制每个机器人每分钟 100 条、每秒 5 条消息，整点时更少；稍后会重试",
      },
    },
    {
      says: /frequency limit|too many request|rate limit/i,
      retry: true,
      waitMs: 10_000,
      cure: { en: "too many messages for Feishu; it is tried again", zh: "发送过于频繁，飞书已限流；稍后会重试" },
    },
    {
      codes: [19021],
      cure: {
        en: "FEISHU_SECRET is wrong or missing, or the clock is off by more than an hour",
        zh: "FEISHU_SECRET 错误或未设置，或本机时钟偏差超过 1 小时",
      },
    },
    {
      codes: [19022],
      cure: {
        en: "add the public IP address of this machine to the bot's IP whitelist",
        zh: "请把本机的公网 IP 加入该机器人的 IP 白名单",
      },
    },
    {
      codes: [19024],
      cure: {
        en: "the bot takes only messages with one of its keywords: give one as keyword",
        zh: "该机器人只接收包含关键词的消息：请在 keyword 中填写其中一个",
      },
    },
    {
      codes: [19001],
      cure: {
        en: "FEISHU_WEBHOOK is wrong, or the bot was removed: copy its address again",
        zh: "FEISHU_WEBHOOK 错误，或机器人已被移除：请重新复制其地址",
      },
    },
    {
      codes: [19036],
      cure: { en: "the message is too long for Feishu", zh: "消息超过飞书的长度限制" },
    },
    {
      codes: [9499, 19002],
      cure: {
        en: "Feishu does not take the message: FEISHU_WEBHOOK must be a custom bot's, and the group must allow at.all",
        zh: "飞书不接受此消息：FEISHU_WEBHOOK 须为自定义机器人的地址，且群须允许 at.all",
      },
    },
  ],
};
