import { type Message, type MessageLine, messageOf } from "../message/message.js";
import type { Wording } from "../message/wording.js";
import type { Notification } from "../notification.js";
import { fitMessage } from "../robot/fit-message.js";
import { linkTarget } from "../robot/link-target.js";
import type { DingtalkSettings } from "./dingtalk-settings.js";

/** The body of a POST to a DingTalk robot: https://open.dingtalk.com/document/orgapp/custom-robot-access */
export interface DingtalkMessage {
  msgtype: "markdown";
  /** The title is what a phone shows before the message is opened. */
  markdown: { title: string; text: string };
  at: { atMobiles: string[]; atUserIds: string[]; isAtAll: boolean };
}

/** Of the body; beyond it is errcode 460101. */
const LARGEST_BYTES = 20_000;

/** A message in DingTalk's part of Markdown. People are mentioned only while something fires. */
export function dingtalkMessage(
  notification: Notification,
  { keyword, at = {}, language, template }: Omit<DingtalkSettings, "url" | "secret"> & Wording,
): DingtalkMessage {
  const message = messageOf(notification, language, template);
  const firing = message.status === "firing";
  const { mobiles = [], userIds = [], all = false } = firing ? at : {};
  const rendered = (part: Message): DingtalkMessage => ({
    msgtype: "markdown",
    markdown: {
      title: `${part.icon} ${part.title}`,
      text: markdown(part, language === "en" ? ": " : "：", { keyword, mentions: [...mobiles, ...userIds] }),
    },
    at: { atMobiles: mobiles, atUserIds: userIds, isAtAll: all },
  });
  const fits = (part: Message): boolean => Buffer.byteLength(JSON.stringify(rendered(part))) <= LARGEST_BYTES;
  return rendered(fitMessage(message, language, fits));
}

function markdown(
  { icon, title, lines, others }: Message,
  colon: string,
  { keyword = "", mentions }: { keyword: string | undefined; mentions: readonly string[] },
): string {
  const listed = [...lines.map((line) => lineOf(line, colon)), ...others.map(escaped)].map((text) => `- ${text}`);
  const parts = [`### ${icon} ${escaped(title)}`, listed.join("\n")];
  // Only those are told whose mention is in the text as well.
  if (mentions.length > 0) parts.push(mentions.map((whom) => `@${whom}`).join(" "));
  if (!parts.join("\n\n").includes(keyword)) parts.push(keyword);
  return parts.join("\n\n");
}

function lineOf({ label, text, url }: MessageLine, colon: string): string {
  const target = linkTarget(url);
  const shown = target === undefined ? escaped(text) : `[${escaped(text)}](${target})`;
  return label === "" ? shown : `**${escaped(label)}**${colon}${shown}`;
}

/** What is markup inside a line or at its beginning is shown as it is written. */
function escaped(text: string): string {
  return text
    .replace(/[\\`*_~[\]]|<(?=[a-z/!?])/gi, "\\$&")
    .replace(/^(\s*)([#>+-])/, "$1\\$2")
    .replace(/^(\s*\d+)([.)])/, "$1\\$2");
}
