import type { RobotReply } from "../robot/robot-reply.js";

/**
 * What `errcode` means: https://open.dingtalk.com/document/orgapp/custom-robot-access. The texts of 310000 are English
 * or Chinese, by the age of the robot.
 */
export const DINGTALK_REPLY: RobotReply = {
  codeKeys: ["errcode"],
  textKeys: ["errmsg"],
  faults: [
    {
      codes: [130101, 302033, 410100],
      retry: true,
      waitMs: 60_000,
      cure: {
        en: "DingTalk takes 20 messages a minute from a robot; it is tried again",
        zh: "钉钉限制每个机器人每分钟 20 条消息；稍后会重试",
      },
    },
    {
      says: /too fast|速度太快|限流/i,
      retry: true,
      waitMs: 60_000,
      cure: { en: "too many messages for DingTalk; it is tried again", zh: "发送过于频繁，钉钉已限流；稍后会重试" },
    },
    {
      codes: [-1],
      retry: true,
      cure: { en: "DingTalk is busy; it is tried again", zh: "钉钉系统繁忙；稍后会重试" },
    },
    {
      codes: [310000],
      says: /sign not match|签名不匹配/i,
      cure: {
        en: "DINGTALK_SECRET is wrong or missing, or the clock is off",
        zh: "DINGTALK_SECRET 错误或未设置，或本机时钟不准",
      },
    },
    {
      codes: [310000],
      says: /timestamp|签名过期/i,
      cure: {
        en: "the clock of this machine is off by more than an hour: set it by NTP",
        zh: "本机时钟偏差超过 1 小时：请用 NTP 校时",
      },
    },
    {
      codes: [310000],
      says: /keyword|关键词/i,
      cure: {
        en: "the robot takes only messages with one of its keywords: give one as keyword",
        zh: "该机器人只接收包含关键词的消息：请在 keyword 中填写其中一个",
      },
    },
    {
      codes: [310000],
      says: /whitelist|白名单/i,
      cure: {
        en: "add the public IP address of this machine to the robot's IP addresses",
        zh: "请把本机的公网 IP 加入该机器人的 IP 地址（段）",
      },
    },
    {
      codes: [310000],
      cure: {
        en: "compare secret and keyword with the robot's security settings",
        zh: "请对照机器人的安全设置检查 secret 与 keyword",
      },
    },
    {
      codes: [300001, 300005, 400101, 400106],
      cure: {
        en: "DINGTALK_WEBHOOK is wrong, or the robot was removed: copy its address again",
        zh: "DINGTALK_WEBHOOK 错误，或机器人已被移除：请重新复制其地址",
      },
    },
    {
      codes: [400102],
      cure: { en: "the robot is switched off: switch it on in the group", zh: "机器人已停用：请在群里启用" },
    },
    {
      codes: [400013],
      cure: { en: "the group was dissolved: make a robot in another one", zh: "群已解散：请在其他群新建机器人" },
    },
    {
      codes: [40035, 43002, 43004, 88],
      cure: {
        en: "DINGTALK_WEBHOOK is not whole: https://oapi.dingtalk.com/robot/send?access_token=…",
        zh: "DINGTALK_WEBHOOK 不完整：https://oapi.dingtalk.com/robot/send?access_token=…",
      },
    },
    {
      codes: [430101, 430102, 430103, 430104],
      cure: {
        en: "DingTalk lets a link or a word of the message not through: look at names, labels and runbook_url",
        zh: "消息中的链接或文字被钉钉拦截：请检查名称、标签与 runbook_url",
      },
    },
    {
      codes: [460101],
      cure: { en: "the message is too long for DingTalk", zh: "消息超过钉钉的长度限制" },
    },
  ],
};
