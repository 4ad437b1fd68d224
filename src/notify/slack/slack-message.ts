import type { Language } from "../../indicators/language.js";
import { type Message, type MessageLine, messageOf } from "../message/message.js";
import { shortened } from "../message/shortened.js";
import type { Wording } from "../message/wording.js";
import type { Notification } from "../notification.js";
import type { SlackSettings } from "./slack-settings.js";

/** A block with a text. `verbatim`: Slack makes no mentions and links of what looks like some. */
export type SlackBlock =
  | { type: "header"; text: { type: "plain_text"; text: string; emoji: false } }
  | { type: "section"; text: { type: "mrkdwn"; text: string; verbatim: true } };

/**
 * The body of a POST to an incoming webhook: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 * Blocks and their limits: https://docs.slack.dev/reference/block-kit/blocks
 */
export interface SlackMessage {
  /** What a phone shows, and where blocks cannot be shown. */
  text: string;
  /** At most 50. */
  blocks?: SlackBlock[];
  /** No previews: they would be of pages that only people who are logged in can read. */
  unfurl_links: false;
  unfurl_media: false;
}

const MOST_BLOCKS = 50;
const LONGEST_HEADER = 150;
const LONGEST_SECTION = 3000;
/** Of a line, so that one that is out of hand leaves room for the others. */
const LONGEST_LINE = 1000;
const LONGEST_URL = 1500;
/** Slack cuts a text off at 40,000. */
const LONGEST_TEXT = 4000;

type SlackWording = Pick<SlackSettings, "at"> & Wording;

/** A message in blocks. People are mentioned only while something fires, and only those that the settings name. */
export function slackMessage(notification: Notification, wording: SlackWording): SlackMessage {
  const message = messageOf(notification, wording.language, wording.template);
  const title = `${message.icon} ${message.title}`;
  const mentions = mentionsOf(message, wording);
  const lines = [...(mentions === "" ? [] : [mentions]), ...linesOf(message, wording.language)];
  return {
    text: escapedWithin(title, LONGEST_LINE),
    blocks: [
      { type: "header", text: { type: "plain_text", text: escapedWithin(title, LONGEST_HEADER), emoji: false } },
      ...sectionsOf(lines).slice(0, MOST_BLOCKS - 1),
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

/** The same without blocks, for when Slack finds something wrong with them. */
export function plainSlackMessage(notification: Notification, wording: SlackWording): SlackMessage {
  const message = messageOf(notification, wording.language, wording.template);
  const parts = [`*${escapedWithin(`${message.icon} ${message.title}`, LONGEST_LINE)}*`, mentionsOf(message, wording)];
  let text = parts.filter((part) => part !== "").join("\n");
  for (const line of linesOf(message, wording.language)) {
    if (text.length + line.length >= LONGEST_TEXT) break;
    text += `\n${line}`;
  }
  return { text, unfurl_links: false, unfurl_media: false };
}

function mentionsOf({ status }: Message, { at = {} }: SlackWording): string {
  if (status === "resolved") return "";
  const { users = [], groups = [], here = false, channel = false } = at;
  return [
    ...users.map((id) => `<@${id}>`),
    ...groups.map((id) => `<!subteam^${id}>`),
    ...(here ? ["<!here>"] : []),
    ...(channel ? ["<!channel>"] : []),
  ].join(" ");
}

function linesOf({ lines, others }: Message, language: Language): string[] {
  const further = others.map((other) => `• ${escapedWithin(other, LONGEST_LINE)}`);
  return [...lines.map((line) => lineOf(line, language)), ...further];
}

function lineOf({ label, text, url }: MessageLine, language: Language): string {
  const words = escapedWithin(text, LONGEST_LINE);
  const shown = url !== undefined && url.length <= LONGEST_URL ? `<${linkTarget(url)}|${words}>` : words;
  return label === "" ? shown : `*${label}${language === "en" ? ":*" : "：*"} ${shown}`;
}

/** As few sections as hold the lines. */
function sectionsOf(lines: readonly string[]): SlackBlock[] {
  const texts: string[] = [];
  for (const line of lines) {
    const newest = texts.at(-1);
    if (newest !== undefined && newest.length + 1 + line.length <= LONGEST_SECTION) {
      texts[texts.length - 1] = `${newest}\n${line}`;
    } else {
      texts.push(line);
    }
  }
  return texts.map((text) => ({ type: "section", text: { type: "mrkdwn", text, verbatim: true } }));
}

/**
 * A text with what Slack would take for markup escaped: https://docs.slack.dev/messaging/formatting-message-text
 * Escaping makes it longer, and is part of what may be so long.
 */
function escapedWithin(text: string, most: number): string {
  let length = most;
  let result = escaped(shortened(text, length));
  while (result.length > most) {
    // No character becomes longer than `&amp;`.
    length -= Math.ceil((result.length - most) / "&amp;".length);
    result = escaped(shortened(text, length));
  }
  return result;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** `|` ends the target of a link, and `>` the link. */
function linkTarget(url: string): string {
  return url.replace(/[|<>]/g, (character) => encodeURIComponent(character)).replaceAll("&", "&amp;");
}
