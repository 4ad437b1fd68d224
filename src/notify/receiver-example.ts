import type { BilingualText, Language } from "../indicators/language.js";
import type { ChannelKind } from "./channel-kind.js";

/** What a new file says of a kind of receiver. */
export interface ReceiverExample {
  /** The block, without indent. */
  yaml: Readonly<Record<Language, string>>;
  /** What it takes from the environment, and where people find it. */
  variables: readonly { name: string; from: BilingualText }[];
}

const DINGTALK_ROBOT: BilingualText = {
  en: "DingTalk group → Group Settings → Bots → Add Robot → Custom",
  zh: "钉钉群 → 群设置 → 机器人 → 添加机器人 → 自定义",
};
const FEISHU_BOT: BilingualText = {
  en: "Feishu or Lark group → Settings → Bots → Add Bot → Custom Bot",
  zh: "飞书群 → 设置 → 群机器人 → 添加机器人 → 自定义机器人",
};
const TWILIO_CONSOLE: BilingualText = {
  en: "console.twilio.com → Account Info",
  zh: "console.twilio.com → Account Info",
};

const within = (place: BilingualText, en: string, zh: string): BilingualText => ({
  en: `${place.en}: ${en}`,
  zh: `${place.zh}：${zh}`,
});

/** All that is written in them is either from the environment or a comment, so that nobody is told by mistake. */
export const RECEIVER_EXAMPLES: Readonly<Record<ChannelKind, ReceiverExample>> = {
  dingtalk: {
    yaml: {
      en: `url: "\${DINGTALK_WEBHOOK}"
secret: "\${DINGTALK_SECRET}" # for a robot that checks signatures; delete the line for others
# keyword: alert # for a robot with keywords: one of them
# at: { mobiles: ["13800000000"] } # who is mentioned while an alert fires; or userIds, or all: true`,
      zh: `url: "\${DINGTALK_WEBHOOK}"
secret: "\${DINGTALK_SECRET}" # 机器人开启“加签”时使用，否则删除本行
# keyword: 告警 # 机器人设置了关键词时，填写其中一个
# at: { mobiles: ["13800000000"] } # 触发时 @ 谁；也可用 userIds，或 all: true`,
    },
    variables: [
      { name: "DINGTALK_WEBHOOK", from: within(DINGTALK_ROBOT, "the webhook address", "Webhook 地址") },
      {
        name: "DINGTALK_SECRET",
        from: within(DINGTALK_ROBOT, "Security Settings → Additional Signature, SEC…", "安全设置 → 加签，SEC…"),
      },
    ],
  },
  feishu: {
    yaml: {
      en: `url: "\${FEISHU_WEBHOOK}"
secret: "\${FEISHU_SECRET}" # for a bot that checks signatures; delete the line for others
# keyword: alert # for a bot with keywords: one of them
# at: { userIds: [ou_18eac85d35a26f989317ad4f02e8bbbb] } # who is mentioned while an alert fires; or all: true`,
      zh: `url: "\${FEISHU_WEBHOOK}"
secret: "\${FEISHU_SECRET}" # 机器人开启“签名校验”时使用，否则删除本行
# keyword: 告警 # 机器人设置了关键词时，填写其中一个
# at: { userIds: [ou_18eac85d35a26f989317ad4f02e8bbbb] } # 触发时 @ 谁；或 all: true`,
    },
    variables: [
      { name: "FEISHU_WEBHOOK", from: within(FEISHU_BOT, "the webhook address", "Webhook 地址") },
      {
        name: "FEISHU_SECRET",
        from: within(FEISHU_BOT, "Security settings → Set signature verification", "安全设置 → 签名校验"),
      },
    ],
  },
  wecom: {
    yaml: {
      en: `url: "\${WECOM_WEBHOOK}"
# at: { userIds: [zhangsan] } # who is mentioned while an alert fires; or mobiles, or all: true`,
      zh: `url: "\${WECOM_WEBHOOK}"
# at: { userIds: [zhangsan] } # 触发时 @ 谁；也可用 mobiles，或 all: true`,
    },
    variables: [
      {
        name: "WECOM_WEBHOOK",
        from: {
          en: "WeCom group → ⋯ → Add Group Bot → Create: the webhook address",
          zh: "企业微信群 → ⋯ → 添加群机器人 → 新创建：Webhook 地址",
        },
      },
    ],
  },
  slack: {
    yaml: {
      en: `url: "\${SLACK_WEBHOOK}"
# at: { users: [U024BE7LH], groups: [S0614TZR7] } # who is mentioned while an alert fires; or here: true, channel: true`,
      zh: `url: "\${SLACK_WEBHOOK}"
# at: { users: [U024BE7LH], groups: [S0614TZR7] } # 触发时 @ 谁；或 here: true、channel: true`,
    },
    variables: [
      {
        name: "SLACK_WEBHOOK",
        from: {
          en: "api.slack.com/apps → your app → Incoming Webhooks → Add New Webhook",
          zh: "api.slack.com/apps → 你的应用 → Incoming Webhooks → Add New Webhook",
        },
      },
    ],
  },
  email: {
    yaml: {
      en: `url: "\${SMTP_URL}"
from: "\${EMAIL_FROM}"
to: ["\${EMAIL_TO}"]
# cc: [team@example.com]
# ca_file: /etc/ssl/mail-ca.pem # when no public authority signed the server's certificate`,
      zh: `url: "\${SMTP_URL}"
from: "\${EMAIL_FROM}"
to: ["\${EMAIL_TO}"]
# cc: [team@example.com]
# ca_file: /etc/ssl/mail-ca.pem # 邮件服务器证书不是公共机构签发时`,
    },
    variables: [
      {
        name: "SMTP_URL",
        from: {
          en: "your mail provider: smtps://user:password@smtp.example.com:465; write @ within them as %40",
          zh: "邮件服务商：smtps://用户:密码@smtp.example.com:465；其中的 @ 写作 %40",
        },
      },
      {
        name: "EMAIL_FROM",
        from: {
          en: "the sender, which that user may use: alerts@example.com",
          zh: "该用户可用的发件人：alerts@example.com",
        },
      },
      { name: "EMAIL_TO", from: { en: "who is told: oncall@example.com", zh: "收件人：oncall@example.com" } },
    ],
  },
  sms: {
    yaml: {
      en: `account_sid: "\${TWILIO_ACCOUNT_SID}"
auth_token: "\${TWILIO_AUTH_TOKEN}"
from: "\${TWILIO_FROM}" # or messaging_service: MG…
to: ["\${SMS_TO}"]`,
      zh: `account_sid: "\${TWILIO_ACCOUNT_SID}"
auth_token: "\${TWILIO_AUTH_TOKEN}"
from: "\${TWILIO_FROM}" # 或 messaging_service: MG…
to: ["\${SMS_TO}"]`,
    },
    variables: [
      { name: "TWILIO_ACCOUNT_SID", from: within(TWILIO_CONSOLE, "Account SID, AC…", "Account SID，AC…") },
      { name: "TWILIO_AUTH_TOKEN", from: within(TWILIO_CONSOLE, "Auth Token", "Auth Token") },
      {
        name: "TWILIO_FROM",
        from: { en: "a number of that account: +15557122661", zh: "该账户的号码：+15557122661" },
      },
      {
        name: "SMS_TO",
        from: { en: "who is told, with the country code: +8613800000000", zh: "接收号码，带国家代码：+8613800000000" },
      },
    ],
  },
  pagerduty: {
    yaml: {
      en: `routing_key: "\${PAGERDUTY_ROUTING_KEY}"
# region: eu # for an account in Europe`,
      zh: `routing_key: "\${PAGERDUTY_ROUTING_KEY}"
# region: eu # 账户位于欧洲时`,
    },
    variables: [
      {
        name: "PAGERDUTY_ROUTING_KEY",
        from: {
          en: "PagerDuty → Services → your service → Integrations → Add → Events API V2: Integration Key",
          zh: "PagerDuty → Services → 你的服务 → Integrations → Add → Events API V2：Integration Key",
        },
      },
    ],
  },
  webhook: {
    yaml: {
      en: `url: "\${WEBHOOK_URL}" # gets the JSON that Alertmanager posts to webhooks
secret: "\${WEBHOOK_SECRET}" # signs each request; without this line nothing is signed
# headers: { Authorization: "Bearer \${WEBHOOK_TOKEN}" }`,
      zh: `url: "\${WEBHOOK_URL}" # 接收与 Alertmanager webhook 相同的 JSON
secret: "\${WEBHOOK_SECRET}" # 为每个请求签名；删除本行则不签名
# headers: { Authorization: "Bearer \${WEBHOOK_TOKEN}" }`,
    },
    variables: [
      { name: "WEBHOOK_URL", from: { en: "an address of yours", zh: "你自己的接收地址" } },
      {
        name: "WEBHOOK_SECRET",
        from: {
          en: 'echo "whsec_$(openssl rand -base64 32)" makes one; the other end needs it too',
          zh: '用 echo "whsec_$(openssl rand -base64 32)" 生成；接收端也需要它',
        },
      },
    ],
  },
  alertmanager: {
    yaml: {
      en: `urls: ["\${ALERTMANAGER_URL}"] # every one of a cluster
# basic_auth: { username: chainwatch, password: "\${ALERTMANAGER_PASSWORD}" }`,
      zh: `urls: ["\${ALERTMANAGER_URL}"] # 集群中的每一个
# basic_auth: { username: chainwatch, password: "\${ALERTMANAGER_PASSWORD}" }`,
    },
    variables: [
      {
        name: "ALERTMANAGER_URL",
        from: { en: "where it listens: http://127.0.0.1:9093", zh: "其监听地址：http://127.0.0.1:9093" },
      },
    ],
  },
};
