import type { Language } from "../../indicators/language.js";
import { type Message, type MessageLine, messageOf } from "../message/message.js";
import { plainText } from "../message/plain-text.js";
import type { Wording } from "../message/wording.js";
import type { Notification } from "../notification.js";
import { fitMessage } from "../robot/fit-message.js";
import { linkTarget } from "../robot/link-target.js";
import type { WecomSettings } from "./wecom-settings.js";

/** The body of a POST to a group robot: https://developer.work.weixin.qq.com/document/path/91770 */
export type WecomMessage =
  | { msgtype: "markdown"; markdown: { content: string } }
  | { msgtype: "text"; text: { content: string; mentioned_list: string[]; mentioned_mobile_list: string[] } };

/** Of the content in UTF-8; beyond it is errcode 40058. */
const LARGEST_MARKDOWN_BYTES = 4_096;
/** WeCom took no more for years; newer documents say 4,096. */
const LARGEST_TEXT_BYTES = 2_048;

/**
 * A message in WeCom's part of Markdown, which can mention people by user id; to mention them by mobile number, or
 * everybody, WeCom needs a message without markup. People are mentioned only while something fires.
 */
export function wecomMessage(
  notification: Notification,
  { at = {}, language, template }: Omit<WecomSettings, "url"> & Wording,
): WecomMessage {
  const message = messageOf(notification, language, template);
  const { userIds = [], mobiles = [], all = false } = message.status === "firing" ? at : {};
  if (mobiles.length === 0 && !all) {
    const content = (part: Message): string => markdown(part, language, userIds);
    const fits = (part: Message): boolean => Buffer.byteLength(content(part)) <= LARGEST_MARKDOWN_BYTES;
    return { msgtype: "markdown", markdown: { content: content(fitMessage(message, language, fits)) } };
  }
  const content = (part: Message): string => withoutMarkup(part, language);
  const fits = (part: Message): boolean => Buffer.byteLength(content(part)) <= LARGEST_TEXT_BYTES;
  return {
    msgtype: "text",
    text: {
      content: content(fitMessage(message, language, fits)),
      mentioned_list: [...userIds, ...(all ? ["@all"] : [])],
      mentioned_mobile_list: mobiles,
    },
  };
}

function markdown(message: Message, language: Language, userIds: readonly string[]): string {
  const { icon, title, status, lines, others } = message;
  const colon = language === "en" ? ": " : "：";
  const color = status === "firing" ? "warning" : "info";
  return [
    `### <font color="${color}">${icon} ${harmless(title)}</font>`,
    ...lines.map((line) => `> ${lineOf(line, colon)}`),
    ...(others.length > 0 ? ["", ...others.map(harmless)] : []),
    ...(userIds.length > 0 ? ["", userIds.map((id) => `<@${id}>`).join("")] : []),
  ].join("\n");
}

function lineOf({ label, text, url }: MessageLine, colon: string): string {
  const target = linkTarget(url);
  const shown = target === undefined ? harmless(text) : `[${harmless(text)}](${target})`;
  return label === "" ? shown : `**${harmless(label)}**${colon}${shown}`;
}

/** Also a text without markup can mention: `<@user>`. */
function withoutMarkup(message: Message, language: Language): string {
  const { icon, title } = message;
  return `${icon} ${title}\n${plainText(message, language)}`.replaceAll("<@", "＜@");
}

const FULL_WIDTH: Readonly<Record<string, string>> = {
  "<": "＜",
  ">": "＞",
  "[": "［",
  "]": "］",
  "*": "＊",
  "`": "｀",
  "&": "＆",
  "#": "＃",
};

/** WeCom's Markdown knows no escapes, so what is markup in it becomes its like in full width. */
function harmless(text: string): string {
  return text.replace(/[<>[\]*`]|&(?=#?\w+;)|^\s*#/g, (mark) => FULL_WIDTH[mark.trim()] ?? mark);
}
