import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig } from "../../src/server/load-config.js";
import type { LocalServer } from "../../src/server/local-server.js";
import { answering, HttpService } from "../notify/http-service.js";
import { recordedChannel } from "../notify/recorded-channel.js";
import { requestDurationsBody } from "./example-telemetry.js";
import { json, post, runningServer, temporaryFolder } from "./running-server.js";

const RULES =
  'rules: [{ id: failing, indicator: success_rate, when: "< 90%", window: 1m, interval: 1h, receivers: [paging, team] }]\n';

const KEY = "0123456789abcdef0123456789abcdef";
const TOKEN = "T0K3N-of-the-robot-0123456789";

async function told(paging: HttpService, team: HttpService) {
  const path = join(temporaryFolder(), "chainwatch.yaml");
  writeFileSync(
    path,
    `${RULES}receivers:
  - { name: paging, language: zh, pagerduty: { routing_key: "\${KEY}", url: ${paging.url}/v2/enqueue } }
  - { name: team, dingtalk: { url: "\${ROBOT}" } }
route: { receivers: [] }
`,
  );
  const config = loadConfig(path, { KEY, ROBOT: `${team.url}/robot/send?access_token=${TOKEN}` });
  const options = {
    ...config,
    dataDir: temporaryFolder(),
    log: () => {},
    channels: [recordedChannel(() => {}, "console")],
  };
  const server = await runningServer(options);
  await post(server, "/v1/metrics", requestDurationsBody({ success: 5, error: 5 }));
  await server.evaluateNow();
  return { server, options };
}

const receiversOf = async (server: LocalServer) => (await json(server, "/api/receivers")).receivers;

test("each receiver is given with what its newest attempt was answered, and what waits for it until when", async () => {
  const paging = await HttpService.start(answering(429, "slow down", { "retry-after": "600" }));
  const team = await HttpService.start(
    answering(200, JSON.stringify({ errcode: 310000, errmsg: `keywords not in content for ${TOKEN}` })),
  );
  const { server, options } = await told(paging, team);
  const at = expect.stringMatching(/Z$/);
  const expected = [
    {
      name: "paging",
      kind: "pagerduty",
      language: "zh",
      reach: { routes: "none", rules: ["failing"] },
      last_attempt: {
        at,
        result: "waiting",
        answer: "429 slow down",
        cure: { en: expect.any(String), zh: expect.any(String) },
      },
      waiting: 1,
      waiting_since: at,
      paused_until: at,
    },
    {
      name: "team",
      kind: "dingtalk",
      language: "en",
      reach: { routes: "none", rules: ["failing"] },
      last_attempt: {
        at,
        result: "failed",
        answer: expect.stringContaining("310000"),
        cure: { en: expect.stringContaining("keyword"), zh: expect.stringContaining("keyword") },
      },
      waiting: 0,
    },
    {
      name: "console",
      kind: "console",
      language: "en",
      reach: { routes: "all", rules: [] },
      last_attempt: { at, result: "sent" },
      waiting: 0,
    },
  ];
  const receivers = await receiversOf(server);
  expect(receivers).toEqual(expected);
  expect(Date.parse(receivers[0].paused_until) - Date.now()).toBeGreaterThan(500_000);
  expect(JSON.stringify(receivers)).not.toContain(KEY);
  expect(JSON.stringify(receivers)).not.toContain(TOKEN);

  await server.close();
  expect(await receiversOf(await runningServer(options))).toEqual(expected);
});

test("a receiver that was never told anything has no attempt", async () => {
  const server = await runningServer({ channels: [recordedChannel(() => {}, "console")], rules: [] });
  expect(await json(server, "/api/receivers")).toEqual({
    receivers: [{ name: "console", kind: "console", language: "en", reach: { routes: "all", rules: [] }, waiting: 0 }],
  });
});
