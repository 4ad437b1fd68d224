import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { DINGTALK_TOKEN, type DingtalkRobot, dingtalkServer } from "../notify/dingtalk/dingtalk-server.js";
import { answering, HttpService } from "../notify/http-service.js";
import { temporaryFolder } from "../server/running-server.js";
import { runWords } from "./run-words.js";

const PAGE = { CHAINWATCH_EXTERNAL_URL: "https://watch.example.com" };
const SECRET = "SEC-a-key-that-nobody-may-read";

function configFile(text: string): string {
  const file = join(temporaryFolder(), "chainwatch.yaml");
  writeFileSync(file, text);
  return file;
}

const ONCALL = `receivers:
  - name: oncall
    language: zh
    dingtalk: { url: "\${DINGTALK_WEBHOOK}", secret: "\${DINGTALK_SECRET}" }
`;

/** `receivers test oncall` at a robot that is set up like this. */
async function tried(robot: DingtalkRobot, ...args: string[]) {
  const server = await dingtalkServer(robot);
  onTestFinished(() => server.close());
  const env = {
    ...PAGE,
    DINGTALK_WEBHOOK: `http://${server.host}/robot/send?access_token=${DINGTALK_TOKEN}`,
    DINGTALK_SECRET: SECRET,
  };
  const outcome = await runWords(["receivers", "test", "oncall", "--config", configFile(ONCALL), ...args], env);
  return { ...outcome, host: server.host, posts: server.posts };
}

describe("chainwatch receivers test", () => {
  test("a message that arrives: the request without secrets, the answer, the time", async () => {
    const { code, out, err, host, posts } = await tried({ secret: SECRET });
    const [head, request, body = "", answer, outcome] = out.split("\n");
    expect([head, request, answer, outcome]).toEqual([
      "oncall  dingtalk",
      `  POST http://${host}/[redacted]`,
      '  ← 200 {"errcode":0,"errmsg":"ok"}',
      expect.stringMatching(/^✓ delivered, \d+ ms$/),
    ]);
    expect(JSON.parse(body).markdown.title).toContain("【测试】");
    expect(JSON.parse(body).markdown.text).toContain("https://watch.example.com/alerts");
    expect([code, err, posts.length]).toEqual([0, "", 1]);
    expect(out).not.toContain(SECRET);
    expect(out).not.toContain(DINGTALK_TOKEN);
  });

  test("one that is refused: what the service said, and the cure", async () => {
    const { code, out } = await tried({ secret: "another" });
    expect(out.split("\n").at(-1)).toMatch(
      /^✗ .*310000.*sign not match.* → DINGTALK_SECRET is wrong or missing, or the clock is off$/,
    );
    expect(code).toBe(1);
    const chinese = await tried({ secret: "another" }, "--lang", "zh");
    expect(chinese.out.split("\n").at(-1)).toMatch(/^✗ .*310000.* → DINGTALK_SECRET 错误/);
  });

  test("the cure names the variable that the file names", async () => {
    const server = await dingtalkServer({ secret: "another" });
    onTestFinished(() => server.close());
    const file = configFile(ONCALL.replace("DINGTALK_SECRET", "ROBOT_2_SECRET"));
    const { out } = await runWords(["receivers", "test", "oncall", "--config", file], {
      ...PAGE,
      DINGTALK_WEBHOOK: `http://${server.host}/robot/send?access_token=${DINGTALK_TOKEN}`,
      ROBOT_2_SECRET: SECRET,
    });
    expect(out).toMatch(/ → ROBOT_2_SECRET is wrong or missing/);
  });

  test("--json", async () => {
    const { out, host } = await tried({ secret: "another" }, "--json");
    expect(JSON.parse(out)).toEqual({
      ok: false,
      warnings: [],
      receivers: [
        {
          name: "oncall",
          channel: "dingtalk",
          delivered: false,
          duration_ms: expect.any(Number),
          message: expect.stringContaining("310000"),
          cure: expect.stringContaining("DINGTALK_SECRET"),
          request: `POST http://${host}/[redacted]`,
          body: expect.any(String),
          answer: expect.stringContaining("310000"),
          warnings: [],
        },
      ],
    });
  });

  test.each<[string, Record<string, string>, string]>([
    ["is not told", {}, "http://127.0.0.1:4318"],
    ["is loopback", { CHAINWATCH_EXTERNAL_URL: "http://localhost:4318" }, "http://localhost:4318"],
    ["is loopback by IPv6", { CHAINWATCH_EXTERNAL_URL: "http://[::1]:4318" }, "http://[::1]:4318"],
  ])("warns while the address of the page %s", async (_, env, address) => {
    const service = await HttpService.start(answering(200));
    const file = configFile(`receivers:\n  - { name: hook, webhook: { url: "\${WEBHOOK_URL}" } }\n`);
    const { code, err } = await runWords(["receivers", "test", "hook", "--config", file], {
      ...env,
      WEBHOOK_URL: service.url,
    });
    expect(err).toBe(
      `! links in messages begin with ${address} and open on this machine alone; set CHAINWATCH_EXTERNAL_URL to how people reach the page`,
    );
    expect([code, service.newest]).toEqual([0, expect.objectContaining({ externalURL: address })]);
    const there = ["receivers", "test", "hook", "--config", file, "--external-url", "https://watch.example.com"];
    expect((await runWords(there, { ...env, WEBHOOK_URL: service.url })).err).toBe("");
  });

  test("--all goes on after one that fails, and warns of who is told of nothing", async () => {
    const service = await HttpService.start(answering(200));
    const removed = await HttpService.start(answering(404, "no_service"));
    const file = configFile(`receivers:
  - { name: away, slack: { url: "\${AWAY}" } }
  - { name: unrouted, webhook: { url: "\${THERE}" } }
route: { receivers: [away] }
`);
    const env = { ...PAGE, AWAY: `${removed.url}/services/T/B/key`, THERE: service.url };
    const { code, out, err } = await runWords(["receivers", "test", "--all", "--config", file], env);
    expect(out).toMatch(/^away {2}slack\n(.*\n)*✗ .* → .*\nunrouted {2}webhook\n(.*\n)*✓ delivered, \d+ ms$/);
    expect(err).toBe(`! no alert comes to "unrouted" by the routes and rules of ${file}; name it in a route or a rule`);
    expect([code, service.posted.length]).toEqual([1, 1]);
  });

  test("says what of the command line or the file cannot be", async () => {
    const service = await HttpService.start(answering(200));
    const env = { WEBHOOK_URL: service.url };
    const file = configFile(`receivers:\n  - { name: hook, webhook: { url: "\${WEBHOOK_URL}" } }\n`);
    const run = (...args: string[]) => runWords(["receivers", "test", ...args, "--config", file], env);
    expect(await run("hok")).toMatchObject({ code: 2, err: expect.stringContaining('"hok": did you mean hook?') });
    expect(await run()).toMatchObject({ code: 2, err: expect.stringContaining("the name of a receiver, or --all") });
    expect(await run("hook", "--all")).toMatchObject({ code: 2 });
    const unset = await runWords(["receivers", "test", "hook", "--config", file]);
    expect(unset).toMatchObject({ code: 2, err: expect.stringMatching(/yaml:2:\d+: .* WEBHOOK_URL to be set/) });
    const none = await runWords(["receivers", "test", "hook", "--config", configFile("rules:\n")]);
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining("found none; add a receivers: section") });
    expect(service.posted).toEqual([]);
  });
});

describe("chainwatch receivers list", () => {
  const file = () =>
    configFile(`${ONCALL}  - { name: finance, slack: { url: "\${SLACK_WEBHOOK}" } }
  - { name: nobody, wecom: { url: "\${WECOM_WEBHOOK}" } }
rules: [{ id: dear, indicator: cost.total, when: "> 1 USD", receivers: [finance] }]
route: { receivers: [oncall], routes: [{ match: { severity: critical }, receivers: [oncall, finance] }] }
`);
  const env = {
    DINGTALK_WEBHOOK: "https://oapi.dingtalk.com/robot/send?access_token=1",
    DINGTALK_SECRET: SECRET,
    SLACK_WEBHOOK: "https://hooks.slack.com/services/T/B/key",
    WECOM_WEBHOOK: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1",
  };

  test.each([
    ["en", "every alert", "alerts of its routes; rules dear", "nothing"],
    ["zh", "全部告警", "匹配其路由的告警；规则 dear", "无"],
  ])("in %s", async (language, oncall, finance, nobody) => {
    expect(await runWords(["receivers", "list", "--config", file(), "--lang", language], env)).toEqual({
      code: 0,
      out: `oncall  dingtalk  zh  ${oncall}\nfinance  slack  ${language}  ${finance}\nnobody  wecom  ${language}  ${nobody}`,
      err: "",
    });
  });

  test("--json", async () => {
    const { out } = await runWords(["receivers", "list", "--config", file(), "--json"], env);
    expect(JSON.parse(out).receivers).toEqual([
      { name: "oncall", channel: "dingtalk", language: "zh", reach: { routes: "all", rules: [] } },
      { name: "finance", channel: "slack", language: "en", reach: { routes: "some", rules: ["dear"] } },
      { name: "nobody", channel: "wecom", language: "en", reach: { routes: "none", rules: [] } },
    ]);
    expect(out).not.toContain(SECRET);
  });
});
