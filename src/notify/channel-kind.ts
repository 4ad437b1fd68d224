/** How a receiver can be told; also the keys of its block in the file, in the order in which they are offered. */
export const CHANNEL_KIND_NAMES = [
  "dingtalk",
  "feishu",
  "wecom",
  "slack",
  "email",
  "sms",
  "pagerduty",
  "webhook",
  "alertmanager",
] as const;

export type ChannelKind = (typeof CHANNEL_KIND_NAMES)[number];

/** What they send is data, whose texts others make. */
export const KINDS_WITHOUT_WORDS: readonly ChannelKind[] = ["webhook", "alertmanager"];
