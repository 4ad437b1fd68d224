import type { BilingualText } from "../../indicators/language.js";
import type { Delivery } from "../delivery.js";
import { deliveryByStatus, type HttpReply } from "../http-call.js";
import { printable } from "../message/printable.js";

/** What is read of a message resource, and of an error. */
interface TwilioReply {
  sid?: unknown;
  status?: unknown;
  error_code?: unknown;
  error_message?: unknown;
  code?: unknown;
  message?: unknown;
}

const SHOWN_MESSAGE = 300;

/**
 * What Twilio's answer means. 201 says that the message is queued; it may name an error already. Other errors have a
 * code beside the status (https://www.twilio.com/docs/api/errors). Whether a phone got it only Twilio's console tells.
 */
export function twilioDelivery(reply: HttpReply): Delivery {
  const said = parsed(reply.body);
  const ok = reply.status >= 200 && reply.status < 300;
  const code = Number((ok ? said?.error_code : said?.code) ?? 0);
  const failed = said?.status === "failed" || said?.status === "undelivered";
  if (ok && code === 0 && !failed) {
    return typeof said?.sid === "string" ? { delivered: true, exchange: reply.exchange } : notTwilio(reply);
  }
  const byStatus = deliveryByStatus(reply, CURES[code]);
  if (code === 0 && !failed) return byStatus;
  const words = printable(String((ok ? said?.error_message : said?.message) ?? "")).slice(0, SHOWN_MESSAGE);
  return {
    ...(byStatus.delivered ? { retry: PASSING.has(code), exchange: reply.exchange } : byStatus),
    ...(CURES[code] !== undefined && { cure: CURES[code] }),
    delivered: false,
    message: `${code} ${words}`.trim(),
  };
}

/** A proxy's page, for example. */
function notTwilio({ exchange }: HttpReply): Delivery {
  return {
    delivered: false,
    retry: true,
    message: `expected Twilio's answer with a sid, found ${exchange.answer}`,
    cure: {
      en: "something between here and Twilio answers in its place: check api and the proxy",
      zh: "有其他服务代替 Twilio 作答：请检查 api 和代理",
    },
    exchange,
  };
}

function parsed(body: string): TwilioReply | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Of the errors that a message itself has: a full queue, a phone out of reach, and what the carrier does not explain. */
const PASSING: ReadonlySet<number> = new Set([30001, 30003, 30008]);

const LOGIN: BilingualText = {
  en: "account_sid or auth_token is wrong, or the token was replaced: see the Twilio console",
  zh: "account_sid 或 auth_token 错误，或令牌已更换：请查看 Twilio 控制台",
};
const ACCOUNT: BilingualText = {
  en: "the Twilio account is suspended or closed: see its console",
  zh: "Twilio 账户已停用或关闭：请查看其控制台",
};
const RECIPIENT: BilingualText = {
  en: "check the number in to: country code first, and a phone that takes SMS",
  zh: "请检查 to 中的号码：以国家代码开头，且能接收短信",
};
const SENDER: BilingualText = {
  en: "from must be an SMS-capable number of this Twilio account that may write to that country",
  zh: "from 必须是该 Twilio 账户中可向该国家发送短信的号码",
};
const SERVICE: BilingualText = {
  en: "messaging_service must be one of this account with a sender in it",
  zh: "messaging_service 必须属于该账户且包含发送号码",
};
const UNREACHABLE: BilingualText = {
  en: "the phone is off, out of reach or not in service",
  zh: "手机关机、无信号或已停机",
};
const FILTERED: BilingualText = {
  en: "a carrier filters the message as unwanted: register the sender, or ask Twilio's support",
  zh: "运营商将该短信当作垃圾信息过滤：请登记发送号码，或联系 Twilio 支持",
};
const TOO_MANY: BilingualText = {
  en: "too many requests at once for the account; it is tried again later",
  zh: "该账户的请求过于频繁，稍后会重试",
};

const CURES: Readonly<Record<number, BilingualText>> = {
  10001: ACCOUNT,
  20003: LOGIN,
  20404: LOGIN,
  20429: TOO_MANY,
  21211: RECIPIENT,
  21212: SENDER,
  21408: {
    en: "allow that country under Messaging, Settings, Geo permissions in the Twilio console",
    zh: "请在 Twilio 控制台的 Messaging > Settings > Geo permissions 中允许该国家",
  },
  21606: SENDER,
  21608: {
    en: "a trial account writes to verified numbers only: verify it in the Twilio console, or upgrade",
    zh: "试用账户只能向已验证的号码发送：请在 Twilio 控制台验证该号码，或升级账户",
  },
  21610: {
    en: "that phone answered STOP: it must send START to the sender, or leave to",
    zh: "该手机已回复 STOP 退订：请用它向发送号码回复 START，或从 to 中移除",
  },
  21611: {
    en: "the sender's queue is full: fewer alerts by SMS, or a messaging service with more senders",
    zh: "发送号码的队列已满：请减少短信告警，或使用包含更多号码的 messaging service",
  },
  21612: SENDER,
  21614: RECIPIENT,
  21659: SENDER,
  21660: SENDER,
  21703: SERVICE,
  21705: SERVICE,
  30001: TOO_MANY,
  30002: ACCOUNT,
  30003: UNREACHABLE,
  30004: FILTERED,
  30005: UNREACHABLE,
  30006: RECIPIENT,
  30007: FILTERED,
  30034: {
    en: "US numbers must be registered for A2P 10DLC: see the Twilio console",
    zh: "美国号码须完成 A2P 10DLC 注册：请查看 Twilio 控制台",
  },
  63038: {
    en: "the account's messages of a day are used up: wait, or ask Twilio for more",
    zh: "该账户当日的短信额度已用完：请等待，或向 Twilio 申请提高额度",
  },
};
