import type { z } from "zod";
import { alertmanagerChannel } from "./alertmanager/alertmanager-channel.js";
import { ALERTMANAGER_SETTINGS } from "./alertmanager/alertmanager-settings.js";
import type { Channel } from "./channel.js";
import type { ChannelKind } from "./channel-kind.js";
import { dingtalkChannel } from "./dingtalk/dingtalk-channel.js";
import { DINGTALK_SETTINGS } from "./dingtalk/dingtalk-settings.js";
import { emailChannel } from "./email/email-channel.js";
import { EMAIL_SETTINGS } from "./email/email-settings.js";
import { feishuChannel } from "./feishu/feishu-channel.js";
import { FEISHU_SETTINGS } from "./feishu/feishu-settings.js";
import type { Wording } from "./message/wording.js";
import { pagerDutyChannel } from "./pagerduty/pagerduty-channel.js";
import { PAGERDUTY_SETTINGS } from "./pagerduty/pagerduty-settings.js";
import { slackChannel } from "./slack/slack-channel.js";
import { SLACK_SETTINGS } from "./slack/slack-settings.js";
import { smsChannel } from "./sms/sms-channel.js";
import { SMS_SETTINGS } from "./sms/sms-settings.js";
import { webhookChannel } from "./webhook/webhook-channel.js";
import { WEBHOOK_SETTINGS } from "./webhook/webhook-settings.js";
import { wecomChannel } from "./wecom/wecom-channel.js";
import { WECOM_SETTINGS } from "./wecom/wecom-settings.js";

/** Makes the channel of a receiver whose block is read. */
export type OpenChannel = (name: string, wording: Wording) => Channel;

/** The block of a receiver becomes what opens its channel, so that nobody else handles its settings. */
const opens = <Settings extends z.ZodType<object>>(
  settings: Settings,
  channel: (name: string, settings: z.output<Settings> & Wording) => Channel,
) =>
  settings.transform(
    (read): OpenChannel =>
      (name, wording) =>
        channel(name, { ...read, ...wording }),
  );

/** What reads the block of each kind. */
export const CHANNEL_KINDS = {
  dingtalk: opens(DINGTALK_SETTINGS, dingtalkChannel),
  feishu: opens(FEISHU_SETTINGS, feishuChannel),
  wecom: opens(WECOM_SETTINGS, wecomChannel),
  slack: opens(SLACK_SETTINGS, slackChannel),
  email: opens(EMAIL_SETTINGS, emailChannel),
  sms: opens(SMS_SETTINGS, smsChannel),
  pagerduty: opens(PAGERDUTY_SETTINGS, pagerDutyChannel),
  webhook: opens(WEBHOOK_SETTINGS, webhookChannel),
  alertmanager: opens(ALERTMANAGER_SETTINGS, alertmanagerChannel),
} satisfies Record<ChannelKind, unknown>;
