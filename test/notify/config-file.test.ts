import { describe, expect, test } from "vitest";
import { parseConfigFile } from "../../src/notify/config-file.js";

const ENV = {
  ADDRESS: "https://hooks.example.com/a-key-that-nobody-may-read",
  FTP: "ftp://hooks.example.com/a-key-that-nobody-may-read",
  EMPTY: "",
  KEY: "0123456789abcdef0123456789abcdef",
};

const parse = (text: string) => parseConfigFile(text, "chainwatch.yaml", { env: ENV });
const findingsOf = (text: string): string[] => parse(text).findings.map((finding) => finding.text);

test("receivers are read in their order, each with its channel and language", () => {
  const { ok, receivers, route, rules } = parse(`
receivers:
  - { name: oncall, language: zh, dingtalk: { url: "\${ADDRESS}", at: { mobiles: ["13800000000"] } } }
  - { name: 财务 组, email: { url: "smtps://me:\${KEY}@smtp.example.com", from: a@example.com, to: [b@example.com] } }
`);
  expect({ ok, route, rules: rules.length }).toEqual({ ok: true, route: undefined, rules: 6 });
  expect(receivers.map(({ name, kind, language }) => [name, kind, language])).toEqual([
    ["oncall", "dingtalk", "zh"],
    ["财务 组", "email", undefined],
  ]);
  expect(receivers.map((receiver) => receiver.open("en").name)).toEqual(["oncall", "财务 组"]);
});

test("a receiver has another digest when its settings are others, the secret ones too", () => {
  const digest = (block: string, env = ENV) =>
    parseConfigFile(`receivers:\n  - { name: a, ${block} }\n`, "f", { env }).receivers[0]?.digest;
  const one = digest(`slack: { url: "\${ADDRESS}" }`);
  expect(one).toMatch(/^[0-9a-f]{64}$/);
  expect(digest(`slack: {  url:  "\${ADDRESS}"  }`)).toBe(one);
  expect(digest(`slack: { url: "\${ADDRESS}" }`, { ...ENV, ADDRESS: "https://hooks.example.com/b" })).not.toBe(one);
  expect(digest(`language: zh, slack: { url: "\${ADDRESS}" }`)).not.toBe(one);
});

describe("of an e-mail receiver that names its readers alone", () => {
  const FILE = "receivers:\n  - { name: finance, email: { to: [finance@example.com] } }\n";
  const MAIL = { SMTP_URL: "smtps://me:a-key-that-nobody-may-read@smtp.example.com", EMAIL_FROM: "alerts@example.com" };
  const read = (env: Record<string, string>, text = FILE) => parseConfigFile(text, "chainwatch.yaml", { env });
  const findings = (env: Record<string, string>, text = FILE): string[] =>
    read(env, text).findings.map((finding) => finding.text.replace("chainwatch.yaml:", ""));

  test("the mail server and the sender are in the environment", () => {
    const { ok, receivers, findings: odd } = read(MAIL);
    expect([ok, odd, receivers.map(({ kind }) => kind)]).toEqual([true, [], ["email"]]);
    const [other] = read({ ...MAIL, SMTP_URL: "smtps://me:b@smtp.example.com" }).receivers;
    expect(receivers[0]?.digest).not.toBe(other?.digest);
  });

  test("what the environment lacks is named", () => {
    expect(findings({})).toEqual([
      "2:29: email: expected url or host, or the environment variable SMTP_URL, found a map with to",
    ]);
    expect(findings({ ...MAIL, EMAIL_FROM: "" })).toEqual([
      "2:29: email: expected from, the sender's address, or the environment variable EMAIL_FROM, found a map with to",
    ]);
  });

  test("a wrong value of the environment is named and not shown", () => {
    expect(findings({ ...MAIL, SMTP_URL: "https://a-key-that-nobody-may-read" })).toEqual([
      expect.stringMatching(/^2:29: url: expected the mail server's address, .* found the value of SMTP_URL$/),
    ]);
  });

  test("what the file says itself is not taken from there", () => {
    const file = "receivers:\n  - { name: a, email: { host: relay, tls: none, from: a@b, to: [c@d] } }\n";
    expect(findings(MAIL, file)).toEqual([]);
    const [one, other] = [read(MAIL, file), read({}, file)];
    expect(one.receivers[0]?.digest).toBe(other.receivers[0]?.digest);
  });
});

test("nothing that a file gives shows a secret", () => {
  const result = parse(`receivers:\n  - { name: a, pagerduty: { routing_key: "\${KEY}" } }\n`);
  expect(result.ok).toBe(true);
  expect(JSON.stringify(result)).not.toContain(ENV.KEY);
});

test("routes are read with what the file says of them", () => {
  const { route } = parse(`
receivers:
  - { name: oncall, slack: { url: "\${ADDRESS}" } }
route: { group_by: [service], routes: [{ match: { severity: critical }, receivers: [oncall], repeat_interval: 1h }] }
`);
  expect(route).toMatchObject({ groupBy: ["service"], routes: [{ receivers: ["oncall"], repeatS: 3600 }] });
});

test.each(["receivers:\n", "receivers: []\n", "route:\n", ""])("%j tells nobody else", (text) => {
  expect(parse(text)).toMatchObject({ ok: true, receivers: [], route: undefined });
});

describe("a mistake is found at its place, with what was expected", () => {
  const SLACK = `slack: { url: "\${ADDRESS}" }`;
  test.each([
    [
      "a secret in the file",
      "receivers:\n  - name: a\n    dingtalk:\n      url: https://oapi.dingtalk.com/robot/send?access_token=1234\n",
      `4:12: url: expected a secret from the environment, found it in the file; write it as "\${DINGTALK_WEBHOOK}" and set that variable`,
    ],
    [
      "a secret that is a number",
      `receivers:\n  - { name: a, email: { host: h, user: u, password: 1234, from: a@b, to: [c@d] } }\n`,
      `2:53: password: expected a secret from the environment, found it in the file; write it as "\${SMTP_PASSWORD}" and set that variable`,
    ],
    [
      "the value of a header in the file",
      `receivers:\n  - { name: a, webhook: { url: "\${ADDRESS}", headers: { X-Api-Key: abc } } }\n`,
      `2:68: X-Api-Key: expected a secret from the environment, found it in the file; write it as "\${WEBHOOK_X_API_KEY}" and set that variable`,
    ],
    [
      "a variable that is not set, once",
      `receivers:\n  - { name: a, pagerduty: { routing_key: "\${NOT_SET}" } }\n`,
      "2:42: expected the environment variable NOT_SET to be set, found it is not",
    ],
    [
      "a variable with a wrong value, without the value",
      `receivers:\n  - { name: a, slack: { url: "\${FTP}" } }\n`,
      `2:30: url: expected the incoming webhook's address, such as https://hooks.slack.com/services/…, found the value of FTP`,
    ],
    [
      "a variable that is empty",
      `receivers:\n  - { name: a, slack: { url: "\${EMPTY}" } }\n`,
      `2:30: url: expected the incoming webhook's address, such as https://hooks.slack.com/services/…, found the empty value of EMPTY`,
    ],
    [
      "no channel",
      "receivers:\n  - name: a\n",
      "2:5: expected one of dingtalk, feishu, wecom, slack, email, sms, pagerduty, webhook, alertmanager, found none of them",
    ],
    [
      "two channels",
      `receivers:\n  - { name: a, ${SLACK}, pagerduty: { routing_key: "\${KEY}" } }\n`,
      "2:46: expected one channel, found slack and pagerduty; make a receiver of each",
    ],
    [
      "an unknown channel",
      `receivers:\n  - { name: a, slak: { url: "\${ADDRESS}" }, ${SLACK} }\n`,
      '2:16: unknown key "slak"; did you mean "slack"?',
    ],
    [
      "a key of Alertmanager",
      `receivers:\n  - { name: a, slack: { url: "\${ADDRESS}", api_url: x } }\n`,
      '2:44: unknown key "api_url"; here it is url',
    ],
    [
      "a name twice",
      `receivers:\n  - { name: a, ${SLACK} }\n  - { name: a, ${SLACK} }\n`,
      '3:13: expected a name of its own, found "a", which an earlier receiver has',
    ],
    [
      "the name of the console",
      `receivers:\n  - { name: console, ${SLACK} }\n`,
      '2:13: expected another name than "console", which is told of every alert',
    ],
    [
      "a template where there are no texts",
      `receivers:\n  - { name: a, webhook: { url: "\${ADDRESS}" }, template: { title: x } }\n`,
      "2:48: expected no template beside webhook, which gets data; the other end has the words",
    ],
    [
      "parts that exclude each other",
      `receivers:\n  - { name: a, email: { url: "smtps://u:\${KEY}@h", host: h, from: a@b, to: [c@d] } }\n`,
      "2:23: email: expected either url or host, found a map with url, host, from, to",
    ],
    [
      "receivers that are a map",
      `receivers: { oncall: { ${SLACK} } }\n`,
      "1:12: receivers: expected a list of receivers, each with a name and a channel, found a map with oncall",
    ],
    [
      "a receiver that a route does not find",
      `receivers:\n  - { name: oncall, ${SLACK} }\nroute: { receivers: [oncal] }\n`,
      '3:22: expected the name of a receiver, found "oncal"; did you mean "oncall"?',
    ],
    [
      "a receiver that a rule does not find",
      `receivers:\n  - { name: oncall, ${SLACK} }\nrules:\n  - { id: a, expr: up == 0, receivers: [oncal] }\n`,
      '4:41: expected the name of a receiver, found "oncal"; did you mean "oncall"?',
    ],
    [
      "a key of Alertmanager's routes",
      "route: { receiver: a }\n",
      '1:10: unknown key "receiver"; here it is receivers, a list',
    ],
  ])("%s", (_, text, finding) => {
    expect(findingsOf(text)).toEqual([`chainwatch.yaml:${finding}`]);
    expect(parse(text)).toMatchObject({ ok: false, receivers: [] });
  });
});

test.each([
  ["beside it", "email: { url: smtps://me:hunter2@h, host: h, from: a@b, to: [c@d] }"],
  ["in the place of the block", "slack: https://hooks.slack.com/services/T/B/hunter2"],
  ["in a list", "slack: { url: [https://hooks.slack.com/services/T/B/hunter2] }"],
  ["in an address that is no secret", "alertmanager: { urls: ['http://me:hunter2@h:9093'] }"],
  ["in the place of the receiver", undefined],
])("a mistake does not repeat a secret in the file: %s", (_, block) => {
  const entry = block === undefined ? "https://hooks.slack.com/services/T/B/hunter2" : `{ name: a, ${block} }`;
  const { ok, findings } = parse(`receivers:\n  - ${entry}\n`);
  expect(ok).toBe(false);
  expect(JSON.stringify(findings)).not.toContain("hunter2");
});

test("a secret may come by an alias, from the environment too", () => {
  const robot = (url: string) =>
    `receivers:\n  - { name: a, slack: &robot { url: "${url}" } }\n  - { name: b, slack: *robot }\n`;
  expect(findingsOf(robot(`\${ADDRESS}`))).toEqual([]);
  expect(findingsOf(robot(ENV.ADDRESS))).toHaveLength(2);
});

test("a template with a mistake is odd and works, since the plain message is sent in its place", () => {
  const text = `receivers:\n  - { name: a, slack: { url: "\${ADDRESS}" }, template: { title: "{{ vlaue }}" } }\n`;
  expect(parse(text).ok).toBe(true);
  expect(findingsOf(text)).toEqual([
    expect.stringMatching(/^chainwatch\.yaml:2:\d+: warning: .*\{\{ value \}\}.*own words/),
  ]);
});
