import { type Message, type MessageLine, messageOf } from "../message/message.js";
import type { Wording } from "../message/wording.js";
import type { Notification } from "../notification.js";
import { fitMessage } from "../robot/fit-message.js";
import { linkTarget } from "../robot/link-target.js";
import type { FeishuSettings } from "./feishu-settings.js";

type CardElement =
  | { tag: "markdown"; content: string }
  | { tag: "hr" }
  | { tag: "div"; text: { tag: "plain_text"; content: string } };

/** The body of a POST to a custom bot: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
export interface FeishuMessage {
  msg_type: "interactive";
  /** JSON 1.0, which every version of the app shows. */
  card: {
    config: { wide_screen_mode: true };
    header: {
      template: "red" | "orange" | "yellow" | "green";
      title: { tag: "plain_text"; content: string };
    };
    elements: CardElement[];
  };
}

/** Of the body there are 20 KB; a signature of a hundred bytes is added. */
const LARGEST_BYTES = 20_000;

const COLORS = { critical: "red", error: "orange", warning: "yellow" } as const;

/** A card with its header in the colour of the severity. People are mentioned only while something fires. */
export function feishuMessage(
  notification: Notification,
  { keyword, at = {}, language, template }: Omit<FeishuSettings, "url" | "secret"> & Wording,
): FeishuMessage {
  const message = messageOf(notification, language, template);
  const { userIds = [], all = false } = message.status === "firing" ? at : {};
  const mentions = [...userIds, ...(all ? ["all"] : [])];
  const rendered = (part: Message): FeishuMessage => {
    const title = `${part.icon} ${part.title}`;
    const elements = elementsOf(part, language === "en" ? ": " : "：", mentions);
    const texts = [title, ...elements.map((element) => (element.tag === "markdown" ? element.content : ""))];
    if (keyword !== undefined && !texts.some((text) => text.includes(keyword))) {
      elements.push({ tag: "div", text: { tag: "plain_text", content: keyword } });
    }
    return {
      msg_type: "interactive",
      card: {
        config: { wide_screen_mode: true },
        header: {
          template: part.status === "resolved" ? "green" : COLORS[part.severity],
          title: { tag: "plain_text", content: title },
        },
        elements,
      },
    };
  };
  const fits = (part: Message): boolean => Buffer.byteLength(JSON.stringify(rendered(part))) <= LARGEST_BYTES;
  return rendered(fitMessage(message, language, fits));
}

function elementsOf({ lines, others }: Message, colon: string, mentions: readonly string[]): CardElement[] {
  const elements: CardElement[] = [];
  if (lines.length > 0) {
    elements.push({ tag: "markdown", content: lines.map((line) => lineOf(line, colon)).join("\n") });
  }
  if (others.length > 0) elements.push({ tag: "hr" }, { tag: "markdown", content: others.map(escaped).join("\n") });
  if (mentions.length > 0) {
    elements.push({ tag: "markdown", content: mentions.map((id) => `<at id=${id}></at>`).join(" ") });
  }
  return elements;
}

function lineOf({ label, text, url }: MessageLine, colon: string): string {
  const target = linkTarget(url);
  const shown = target === undefined ? escaped(text) : `[${escaped(text)}](${target})`;
  return label === "" ? shown : `**${escaped(label)}**${colon}${shown}`;
}

/**
 * What is markup inside a line (tags, styles, links, `:OK:`) or at its beginning is shown as it is written, by the HTML
 * entities that Feishu's Markdown knows.
 */
function escaped(text: string): string {
  return text
    .replace(/[&<>*_~[\]`\\]|:(?=[A-Z]\w*:)/g, entity)
    .replace(/^(\s*)([#+!-])/, (_all, space: string, mark: string) => space + entity(mark))
    .replace(/^(\s*\d+)([.)])/, (_all, number: string, mark: string) => number + entity(mark));
}

function entity(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}
