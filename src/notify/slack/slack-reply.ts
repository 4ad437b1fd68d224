import type { BilingualText } from "../../indicators/language.js";
import type { Delivery } from "../delivery.js";
import { deliveryByStatus, type HttpReply } from "../http-call.js";

interface SlackFault {
  codes: readonly string[];
  cure: BilingualText;
}

/**
 * What an incoming webhook answers in plain text when it does not take a message:
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and
 * https://docs.slack.dev/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks
 */
const FAULTS: readonly SlackFault[] = [
  {
    codes: ["no_service", "no_service_id", "no_active_hooks", "invalid_token"],
    cure: {
      en: "the webhook was removed or switched off: add a new one to the Slack app, and put its address into the setting",
      zh: "该 webhook 已被删除或停用：请在 Slack 应用中新建一个，并更新地址",
    },
  },
  {
    codes: ["no_team", "team_disabled"],
    cure: { en: "the Slack workspace is gone or switched off", zh: "该 Slack 工作区不存在或已停用" },
  },
  {
    codes: ["channel_is_archived", "is_archived", "channel_not_found"],
    cure: {
      en: "the webhook's channel is archived or gone: unarchive it, or make a webhook for another one",
      zh: "该 webhook 的频道已归档或不存在：请取消归档，或为其他频道新建 webhook",
    },
  },
  {
    codes: ["user_not_found"],
    cure: {
      en: "the person whom the webhook writes to is gone: make a new webhook",
      zh: "该 webhook 发送的对象已不存在：请新建 webhook",
    },
  },
  {
    codes: ["action_prohibited", "posting_to_general_channel_denied"],
    cure: {
      en: "the workspace does not let webhooks write to this channel: ask its administrator",
      zh: "该工作区不允许 webhook 在此频道发言：请联系管理员",
    },
  },
  {
    codes: ["invalid_payload", "invalid_blocks", "invalid_blocks_format", "no_text", "too_many_attachments"],
    cure: {
      en: "is the address that of an incoming webhook, not of a workflow? Otherwise this is a fault of ours: please report it",
      zh: "该地址是否为 incoming webhook（而非 workflow）？若是，则为本程序的错误：请反馈",
    },
  },
];

const NOT_SLACK: BilingualText = {
  en: "this is not Slack's answer: check the address, and any proxy on the way",
  zh: "这不是 Slack 的应答：请检查地址，以及中间的代理",
};

/** Whether Slack did not understand the blocks. */
export function refusesBlocks({ body }: HttpReply): boolean {
  return /^invalid_(payload|blocks)/.test(body.trim());
}

/** What became of a message. Success is the text `ok`: a proxy's page has status 200 too. */
export function slackDelivery(reply: HttpReply): Delivery {
  const { body, status, exchange } = reply;
  const said = body.trim();
  const fault = FAULTS.find(({ codes }) => codes.includes(said));
  // Whatever the status: nobody but the owner of the webhook can mend these.
  if (fault !== undefined) {
    return { delivered: false, retry: false, message: `${status} ${said}`, cure: fault.cure, exchange };
  }
  const delivery = deliveryByStatus(reply);
  if (!delivery.delivered || said === "ok") return delivery;
  return { delivered: false, retry: true, message: exchange.answer ?? String(status), cure: NOT_SLACK, exchange };
}
