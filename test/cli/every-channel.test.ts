import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { CHANNEL_KIND_NAMES } from "../../src/notify/channel-kind.js";
import { DINGTALK_TOKEN, dingtalkServer } from "../notify/dingtalk/dingtalk-server.js";
import { CERTIFICATE, mailServer, PASSWORD, USER } from "../notify/email/mail-server.js";
import { FEISHU_TOKEN, feishuServer } from "../notify/feishu/feishu-server.js";
import { answering, HttpService } from "../notify/http-service.js";
import { ROUTING_KEY, startPagerDuty } from "../notify/pagerduty/pagerduty-server.js";
import { SLACK_PATH, startSlack } from "../notify/slack/slack-server.js";
import { ACCOUNT, TOKEN, twilioServer } from "../notify/sms/twilio-server.js";
import { WECOM_KEY, wecomServer } from "../notify/wecom/wecom-server.js";
import { temporaryFolder } from "../server/running-server.js";
import { runWords } from "./run-words.js";

/** All channels, each as its page of the documentation writes it. */
const FILE = `receivers:
  - { name: dingtalk, dingtalk: { url: "\${DINGTALK_WEBHOOK}", secret: "\${DINGTALK_SECRET}" } }
  - { name: feishu, feishu: { url: "\${FEISHU_WEBHOOK}", secret: "\${FEISHU_SECRET}" } }
  - { name: wecom, wecom: { url: "\${WECOM_WEBHOOK}" } }
  - { name: slack, slack: { url: "\${SLACK_WEBHOOK}" } }
  - { name: email, email: { url: "\${SMTP_URL}", ca_file: "\${CA_FILE}", from: a@example.com, to: [b@example.com] } }
  - { name: sms, sms: { account_sid: "\${TWILIO_ACCOUNT_SID}", auth_token: "\${TWILIO_AUTH_TOKEN}", from: "+15557122661", to: ["+8613800000000"], api: "\${TWILIO_API}" } }
  - { name: pagerduty, pagerduty: { routing_key: "\${PAGERDUTY_ROUTING_KEY}", url: "\${PAGERDUTY_API}" } }
  - { name: webhook, webhook: { url: "\${WEBHOOK_URL}", secret: "\${WEBHOOK_SECRET}", headers: { Authorization: "Bearer \${WEBHOOK_TOKEN}" } } }
  - { name: alertmanager, alertmanager: { urls: ["\${ALERTMANAGER_URL}"], bearer_token: "\${ALERTMANAGER_TOKEN}" } }
`;

const KEYS = {
  DINGTALK_SECRET: "SEC-dingtalk-key",
  FEISHU_SECRET: "feishu-key",
  WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString("base64")}`,
  WEBHOOK_TOKEN: "webhook-token-0123",
  ALERTMANAGER_TOKEN: "alertmanager-token-0123",
};

test("receivers test --all: a file with every channel, each service takes its message, no key is shown", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "chainwatch.yaml");
  const authority = join(folder, "ca.pem");
  writeFileSync(file, FILE);
  writeFileSync(authority, CERTIFICATE.cert);
  const dingtalk = await dingtalkServer({ secret: KEYS.DINGTALK_SECRET });
  const feishu = await feishuServer({ secret: KEYS.FEISHU_SECRET });
  const wecom = await wecomServer();
  const mail = await mailServer();
  onTestFinished(async () => {
    await Promise.all([dingtalk, feishu, wecom, mail].map((server) => server.close()));
  });
  const slack = await startSlack();
  const twilio = await twilioServer();
  const pagerDuty = await startPagerDuty();
  const echo = await HttpService.start((posted, response) =>
    answering(200, JSON.stringify(posted.headers))(posted, response),
  );
  const login = `${encodeURIComponent(USER)}:${encodeURIComponent(PASSWORD)}`;
  const env = {
    ...KEYS,
    CHAINWATCH_EXTERNAL_URL: "https://watch.example.com",
    DINGTALK_WEBHOOK: `http://${dingtalk.host}/robot/send?access_token=${DINGTALK_TOKEN}`,
    FEISHU_WEBHOOK: `http://${feishu.host}/open-apis/bot/v2/hook/${FEISHU_TOKEN}`,
    WECOM_WEBHOOK: `http://${wecom.host}/cgi-bin/webhook/send?key=${WECOM_KEY}`,
    SLACK_WEBHOOK: `${slack.service.url}${SLACK_PATH}`,
    SMTP_URL: `smtp://${login}@127.0.0.1:${mail.port}`,
    CA_FILE: authority,
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: TOKEN,
    TWILIO_API: twilio.url,
    PAGERDUTY_ROUTING_KEY: ROUTING_KEY,
    PAGERDUTY_API: `${pagerDuty.service.url}/v2/enqueue`,
    WEBHOOK_URL: `${echo.url}/hook`,
    ALERTMANAGER_URL: echo.url,
  };

  const { code, out, err } = await runWords(["receivers", "test", "--all", "--config", file], env);
  const outcomes = out.split("\n").filter((line) => /^[✓✗]/.test(line));
  expect(outcomes).toEqual(CHANNEL_KIND_NAMES.map(() => expect.stringMatching(/^✓ delivered, \d+ ms$/)));
  expect([code, err]).toEqual([0, ""]);
  expect(slack.messages).toHaveLength(1);
  expect(mail.received).toMatchObject([{ encrypted: true, recipients: ["b@example.com"] }]);
  // A test leaves nobody with an incident.
  expect(pagerDuty.events.map(({ event_action }) => event_action)).toEqual(["trigger", "resolve"]);
  const paths = [DINGTALK_TOKEN, FEISHU_TOKEN, WECOM_KEY, SLACK_PATH];
  for (const key of [...Object.values(KEYS), ...paths, TOKEN, ROUTING_KEY, PASSWORD, encodeURIComponent(PASSWORD)]) {
    expect(out).not.toContain(key);
  }
});
