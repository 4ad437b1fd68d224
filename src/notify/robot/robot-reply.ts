import type { BilingualText } from "../../indicators/language.js";
import type { Delivery } from "../delivery.js";
import { deliveryByStatus, type HttpReply } from "../http-call.js";

/** How a robot's service says no: with HTTP 200, a code and a text in JSON. */
export interface RobotReply {
  /** Where the code is, which is 0 for yes; the first that is there counts. */
  codeKeys: readonly string[];
  textKeys: readonly string[];
  faults: readonly RobotFault[];
}

/** What a code means. The first fault that fits a reply counts. */
export interface RobotFault {
  /** Any, when absent. */
  codes?: readonly number[];
  /** What the text has in it, where a code has several meanings. */
  says?: RegExp;
  /** Nobody has to mend anything: it is tried again, after so many milliseconds when that is known. */
  retry?: true;
  waitMs?: number;
  cure: BilingualText;
}

const LONGEST_TEXT = 200;

const NOT_THE_SERVICE: BilingualText = {
  en: "this is not the answer of the robot's service: check the address, and any proxy on the way",
  zh: "这不是该机器人服务的应答：请检查地址，以及中间的代理",
};

/**
 * What became of a message by the code in the answer, whatever the HTTP status. A code that is not known may pass:
 * an attempt in vain costs less than an alert that nobody hears of.
 */
export function deliveryByCode(reply: HttpReply, { codeKeys, textKeys, faults }: RobotReply): Delivery {
  const answer = jsonObject(reply.body);
  const codeKey = codeKeys.find((key) => typeof answer[key] === "number");
  const code = codeKey === undefined ? undefined : answer[codeKey];
  if (codeKey === undefined || typeof code !== "number") return withoutCode(reply);
  if (code === 0) return deliveryByStatus(reply);
  const text = textKeys.map((key) => answer[key]).find((value) => typeof value === "string") ?? "";
  const fault = faults.find(({ codes, says }) => (codes?.includes(code) ?? true) && (says?.test(text) ?? true));
  const waitMs = reply.retryAfterMs ?? fault?.waitMs;
  return {
    delivered: false,
    retry: fault === undefined || fault.retry === true,
    message: `${codeKey} ${code} "${shortText(text)}"`,
    exchange: reply.exchange,
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
    ...(fault !== undefined && { cure: fault.cure }),
  };
}

/** A success that nobody confirmed is none: a proxy's page and an app's own `index.html` have status 200 too. */
function withoutCode(reply: HttpReply): Delivery {
  const delivery = deliveryByStatus(reply);
  if (!delivery.delivered) return delivery;
  return {
    delivered: false,
    retry: true,
    message: reply.exchange.answer ?? String(reply.status),
    cure: NOT_THE_SERVICE,
    exchange: reply.exchange,
  };
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Without the hints for the service's own support, which the whole answer has. */
function shortText(text: string): string {
  const said = text.replace(/[,.]?\s*(more|hint): ?\[.*$/s, "");
  return said.length > LONGEST_TEXT ? `${said.slice(0, LONGEST_TEXT)}…` : said;
}
