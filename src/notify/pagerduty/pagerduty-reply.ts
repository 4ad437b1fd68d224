import type { BilingualText } from "../../indicators/language.js";
import type { Delivery } from "../delivery.js";
import { deliveryByStatus, type HttpReply } from "../http-call.js";

const WRONG_KEY: BilingualText = {
  en: "the routing key is wrong: copy the integration key of an Events API v2 integration, and set region: eu for an account there",
  zh: "routing_key 错误：请复制 Events API v2 集成的 Integration Key；欧洲区账号请设置 region: eu",
};

const FAULT_OF_OURS: BilingualText = {
  en: "PagerDuty finds a fault in the event, which is one of ours: please report it",
  zh: "PagerDuty 认为事件有误，这是本程序的错误：请反馈",
};

const NOT_PAGERDUTY: BilingualText = {
  en: "this is not PagerDuty's answer: check the address, and any proxy on the way",
  zh: "这不是 PagerDuty 的应答：请检查地址，以及中间的代理",
};

/**
 * What became of an event: https://developer.pagerduty.com/docs/events-api-v2-overview#response-codes--retry-logic
 * A 400 says in `errors` what is wrong.
 */
export function pagerDutyDelivery(reply: HttpReply): Delivery {
  const { status, exchange } = reply;
  const { status: said, message, errors } = answerOf(reply.body);
  if (status === 400 && said !== undefined) {
    const wrong = errors.length > 0 ? `: ${errors.join("; ")}` : "";
    const cure = errors.some((error) => /routing[_ ]?key|integration/i.test(error)) ? WRONG_KEY : FAULT_OF_OURS;
    return { delivered: false, retry: false, message: `400 ${message ?? said}${wrong}`, cure, exchange };
  }
  const delivery = deliveryByStatus(reply, status === 401 || status === 403 ? WRONG_KEY : undefined);
  if (!delivery.delivered || said === "success") return delivery;
  return { delivered: false, retry: true, message: exchange.answer ?? String(status), cure: NOT_PAGERDUTY, exchange };
}

function answerOf(body: string): { status?: string; message?: string; errors: string[] } {
  try {
    const { status, message, errors } = Object(JSON.parse(body));
    const texts = [errors].flat().filter((error) => typeof error === "string");
    return { ...(status && { status: String(status) }), ...(message && { message: String(message) }), errors: texts };
  } catch {
    return { errors: [] };
  }
}
