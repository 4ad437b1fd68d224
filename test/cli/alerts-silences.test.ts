import { beforeEach, describe, expect, test, vi } from "vitest";
import { Secret } from "../../src/receive/secret.js";
import type { LocalServer } from "../../src/server/local-server.js";
import { ruleOf } from "../alert/rule-of.js";
import { requestDurationsBody } from "../server/example-telemetry.js";
import { json, post, runningServer } from "../server/running-server.js";
import { runWords } from "./run-words.js";

const RULE = ruleOf({
  indicator: "success_rate",
  when: { op: "<", value: 90 },
  unit: "%",
  intervalS: 3600,
  windowS: 60,
});

const userInfo = vi.hoisted(() => vi.fn());
vi.mock("node:os", async (original) => ({ ...(await original<typeof import("node:os")>()), userInfo }));

let server: LocalServer;
let alertId: string;

const run = (words: string[], env: Record<string, string> = { USER: "ann" }) =>
  runWords([...words, "--url", server.url], env);

beforeEach(async () => {
  server = await runningServer({ rules: [RULE] });
  await post(server, "/v1/metrics", requestDurationsBody({ success: 5, error: 5 }));
  const { active } = await server.evaluateNow();
  alertId = active[0]?.id ?? "";
});

describe("alerts", () => {
  test("list shows what fires, with its id, and as JSON", async () => {
    const { code, out } = await run(["alerts", "list"]);
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(new RegExp(`^${alertId.slice(0, 12)}  ⚠️ WARNING Slow  success_rate 50 % < 90 %  since `)),
    ]);
    expect(JSON.parse((await run(["alerts", "list", "--json"])).out)).toMatchObject({ active: [{ id: alertId }] });
  });

  test("list does not say that all is well while the rules have no answer", async () => {
    const source = { url: "http://127.0.0.1:9" };
    server = await runningServer({ rules: [RULE], source });
    await server.evaluateNow();
    const { code, out, err } = await run(["alerts", "list"]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(
      /^✗ 1 of 1 rules have no answer: prometheus http:\/\/127\.0\.0\.1:9: web clients never call this port → /,
    );
    expect((await run(["alerts", "list", "--lang", "zh"])).err).toContain("1 条规则中有 1 条得不到答案");
    const listed = await run(["alerts", "list", "--json"]);
    expect([listed.code, JSON.parse(listed.out)]).toMatchObject([
      1,
      { active: [], unanswered_rules: [{ id: "slow" }] },
    ]);
  });

  test.each([
    ["the whole id", () => alertId],
    ["the beginning of the id", () => alertId.slice(0, 6)],
    ["its rule", () => "slow"],
  ])("ack by %s", async (_, word) => {
    const { code, out } = await run(["alerts", "ack", word(), "--comment", "on it"]);
    expect([code, out]).toEqual([0, expect.stringMatching(/acknowledged by ann: on it$/)]);
    expect((await run(["alerts", "list", "--lang", "zh"])).out).toContain("已由 ann 确认: on it");
    expect((await json(server, "/api/alerts")).active[0].acknowledged).toMatchObject({ author: "ann" });
  });

  test("ack of an unknown one says what is near, or what there is", async () => {
    expect(await run(["alerts", "ack", "slaw"])).toMatchObject({
      code: 1,
      err: 'chainwatch: no firing alert "slaw": did you mean slow?',
    });
    expect((await run(["alerts", "ack", "zzzzzzzz"])).err).toContain(`there are ${alertId.slice(0, 12)}, slow`);
    expect((await run(["alerts", "ack", "slaw", "--lang", "zh"])).err).toBe(
      'chainwatch: 没有触发中的告警 "slaw"：是不是 slow？',
    );
  });

  test("ack takes the user of this machine where USER is not set", async () => {
    userInfo.mockReturnValueOnce({ username: "carol" });
    expect((await run(["alerts", "ack", "slow"], {})).out).toMatch(/acknowledged by carol$/);
  });

  test("ack needs to know who you are", async () => {
    userInfo.mockImplementationOnce(() => {
      throw new Error("no such user");
    });
    expect(await run(["alerts", "ack", "slow"], {})).toMatchObject({
      code: 2,
      err: expect.stringContaining("expected --author NAME"),
    });
    expect((await run(["alerts", "ack", "slow", "--author", "bob"], {})).out).toContain("acknowledged by bob");
  });
});

describe("silences", () => {
  const add = (...more: string[]) => run(["silences", "add", "rule=slow", "--reason", "deploy", ...more]);

  test("add, list and expire", async () => {
    const added = await add("model=~gpt-.*", "--for", "2h");
    const [line, reach] = added.out.split("\n");
    expect([added.code, line]).toEqual([
      0,
      expect.stringMatching(/^[0-9a-f]{12} {2}active {2}rule="slow" model=~"gpt-\.\*" {2}until 2\S+Z {2}ann: deploy$/),
    ]);
    expect(reach).toBe("matches 0 active alerts now, and can match alerts of 0 rules");
    expect((await run(["silences", "list"])).out).toBe(line);
    const id = added.out.slice(0, 8);
    expect((await run(["silences", "expire", id])).out).toMatch(/expired/);
    expect((await run(["silences", "list"])).out).toBe("no silences");
    expect((await run(["silences", "list", "--all", "--lang", "zh"])).out).toMatch(/已结束/);
    expect((await run(["silences", "expire", id])).err).toBe(`chainwatch: no silence "${id}": there is none now`);
  });

  test("add says what it matches now, and list marks the alert", async () => {
    const added = await add("--for", "1h");
    expect([added.out.split("\n")[1], added.err]).toEqual([
      "matches 1 active alert now, and can match alerts of 1 rule",
      "",
    ]);
    expect((await run(["alerts", "list"])).out).toMatch(
      / {2}silenced until (\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d by ann: deploy$/,
    );
  });

  test("add warns of names that are not there, with the nearest", async () => {
    const words = ["silences", "add", "rule=slo", "severty=critical", "--for", "1h", "--reason", "x"];
    expect(await run(words)).toMatchObject({
      code: 0,
      out: expect.stringContaining("matches 0 active alerts now"),
      err: [
        '⚠ no rule "slo": did you mean slow?',
        '⚠ no rule and no active alert has a label "severty": did you mean severity?',
      ].join("\n"),
    });
    expect((await run([...words, "--lang", "zh"])).err).toContain('⚠ 没有规则 "slo"：是不是 slow？');
    expect(JSON.parse((await run([...words, "--json"])).out).matches).toMatchObject({ alerts: 0, rules: 0 });
  });

  test("add takes a start and an end, and gives JSON", async () => {
    const { out } = await add("--from", "2999-01-01T00:00:00+08:00", "--for", "1h", "--json");
    expect(JSON.parse(out)).toMatchObject({
      state: "pending",
      starts_at: "2998-12-31T16:00:00.000Z",
      ends_at: "2998-12-31T17:00:00.000Z",
    });
  });

  test.each<[string, string[], RegExp]>([
    ["no matcher", ["--for", "1h", "--reason", "x"], /expected MATCHER/],
    ["a matcher that is none", ["slow", "--for", "1h", "--reason", "x"], /MATCHER: expected a matcher such as rule=/],
    ["no end", ["rule=slow", "--reason", "x"], /expected one of --for DURATION and --until TIME/],
    ["two ends", ["rule=slow", "--for", "1h", "--until", "2999-01-01T00:00:00Z", "--reason", "x"], /expected one of/],
    ["a length that is none", ["rule=slow", "--for", "soon", "--reason", "x"], /--for: expected a duration/],
    ["a time that is none", ["rule=slow", "--until", "tomorrow", "--reason", "x"], /--until: expected an ISO 8601/],
    ["no reason", ["rule=slow", "--for", "1h"], /expected --reason TEXT/],
  ])("add with %s is refused before anything is sent", async (_, words, message) => {
    expect(await run(["silences", "add", ...words])).toMatchObject({ code: 2, err: expect.stringMatching(message) });
    expect(await json(server, "/api/silences")).toEqual({ silences: [] });
  });

  test("what the server refuses is shown", async () => {
    const { code, err } = await run(["silences", "add", "rule=~.*", "--for", "1h", "--reason", "x"]);
    expect([code, err]).toEqual([1, expect.stringContaining("at least one that not every alert matches")]);
  });
});

test("without a server the error says how to start or name one", async () => {
  await server.close();
  const { code, err } = await run(["alerts", "list"]);
  expect([code, err]).toEqual([
    1,
    `chainwatch: ${server.url}: nothing listens there → start "chainwatch serve" or correct --url`,
  ]);
});

test("a server's token is needed, and sent", async () => {
  server = await runningServer({ token: new Secret("0123456789abcdef") });
  expect((await run(["alerts", "list"])).err).toMatch(
    /it answered 401: .* → set CHAINWATCH_TOKEN to the server's token$/,
  );
  expect((await run(["alerts", "list"], { CHAINWATCH_TOKEN: "0123456789abcdef" })).out).toBe("✓ no alerts firing");
});
