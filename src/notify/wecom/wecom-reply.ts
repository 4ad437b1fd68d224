import type { RobotReply } from "../robot/robot-reply.js";

/** What `errcode` means: https://developer.work.weixin.qq.com/document/path/90313 */
export const WECOM_REPLY: RobotReply = {
  codeKeys: ["errcode"],
  textKeys: ["errmsg"],
  faults: [
    {
      codes: [45009, 45033],
      retry: true,
      waitMs: 60_000,
      cure: {
        en: "WeCom takes 20 messages a minute from a robot; it is tried again",
        zh: "企业微信限制每个机器人每分钟 20 条消息；稍后会重试",
      },
    },
    {
      codes: [-1],
      retry: true,
      cure: { en: "WeCom is busy; it is tried again", zh: "企业微信系统繁忙；稍后会重试" },
    },
    {
      codes: [93000],
      cure: {
        en: "WECOM_WEBHOOK is wrong, or the robot was removed from the group: copy its address again",
        zh: "WECOM_WEBHOOK 错误，或机器人已被移出群：请重新复制其地址",
      },
    },
    {
      codes: [93004, 93008],
      cure: {
        en: "the robot is switched off or not in the group any more: look at the group's robots",
        zh: "机器人已被停用或已不在群中：请检查群机器人",
      },
    },
    {
      codes: [40008, 40035, 44004],
      cure: {
        en: "WECOM_WEBHOOK is not a group robot's: https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…",
        zh: "WECOM_WEBHOOK 不是群机器人的地址：https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…",
      },
    },
    {
      codes: [40003, 40031],
      cure: { en: "a user id in at.userIds is wrong", zh: "at.userIds 中有错误的成员 ID" },
    },
    {
      codes: [40058, 45002],
      cure: { en: "the message is too long for WeCom", zh: "消息超过企业微信的长度限制" },
    },
  ],
};
