import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { evaluateRule } from "../../../src/alert/evaluate.js";
import type { Rule } from "../../../src/alert/rule.js";
import { SqliteAlertJournal } from "../../../src/alert/sqlite-alert-journal.js";
import type { Receiver } from "../../../src/notify/receiver.js";
import { loadConfig } from "../../../src/server/load-config.js";
import type { LocalServer, LocalServerOptions } from "../../../src/server/local-server.js";
import { ruleOf } from "../../alert/rule-of.js";
import { answering, HttpService } from "../../notify/http-service.js";
import { requestDurationsBody, requestRecordBody, tracesBody } from "../../server/example-telemetry.js";
import { temporaryFolder } from "../../server/running-server.js";
import { launchChromium } from "../parts/chromium.js";
import { seriousFindings } from "./accessibility.js";
import { openPage, send, startServer } from "./page-server.js";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SCRIPT = "<img src=x onerror=\"document.title='ran'\"><script>document.title='ran'</script>";

function lowSuccess(windowS: number, intervalS: number): Rule {
  return {
    ...ruleOf({ id: "low-success", indicator: "success_rate", when: { op: "<", value: 90 }, unit: "%", windowS }),
    name: { en: "Low success rate", zh: "成功率过低" },
    severity: "critical",
    intervalS,
    annotations: { runbook_url: "https://wiki.example/success" },
  };
}

/** Evaluated when a test asks for it alone. */
const RULE = lowSuccess(3600, 3600);

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

/** Half of its requests failed, and it has noticed; before this hour all was well. */
async function firingServer(options: Partial<LocalServerOptions> = {}): Promise<LocalServer> {
  const { server } = await startServer({ rules: [RULE], ...options });
  await send(
    server,
    "traces",
    tracesBody(TRACE, [{ name: "chat", spanId: "00000000000000f1", startedMsAgo: 900, durationMs: 800, failed: true }]),
  );
  const record = { requestId: "r-1", traceId: TRACE, userId: "ann", outcome: "error", durationS: 0.8 } as const;
  await send(server, "logs", requestRecordBody(record));
  await send(server, "metrics", requestDurationsBody({ success: 10 }, { msAgo: 5_400_000 }));
  await send(server, "metrics", requestDurationsBody({ success: 5, error: 5 }));
  await server.evaluateNow();
  return server;
}

async function asked<T>(server: LocalServer, path: string): Promise<T> {
  return (await fetch(`http://127.0.0.1:${server.port}${path}`)).json() as Promise<T>;
}

const firingCard = (page: Page) => page.getByRole("list", { name: "Firing alerts" }).getByRole("listitem").first();

test("what fires has its value, threshold, distance, beginning, trace, requests and runbook", async () => {
  const server = await firingServer();
  const page = await openPage(browser, server, "/alerts");
  const card = firingCard(page);
  await card.getByRole("heading", { name: "Low success rate" }).waitFor();
  const text = await card.textContent();
  for (const part of [
    "Critical",
    "50 %",
    "success_rate < 90 %",
    "40 points below",
    "100 % 1h before",
    "no receiver takes it",
  ]) {
    expect(text).toContain(part);
  }
  const hrefOf = (name: string) => card.getByRole("link", { name }).getAttribute("href");
  expect(await hrefOf("Example trace")).toBe(`/traces/${TRACE}`);
  expect(await hrefOf("Runbook")).toBe("https://wiki.example/success");
  await card.getByRole("link", { name: "Its requests" }).click();
  await page.getByRole("heading", { name: "Requests" }).waitFor();
  await page.getByRole("cell", { name: "ann" }).waitFor();
});

test("an alert is acknowledged from the page; who did it and when is on the board too", async () => {
  const server = await firingServer();
  const page = await openPage(browser, server, "/alerts");
  const button = firingCard(page).getByRole("button", { name: "Acknowledge Low success rate" });
  await button.click();
  const dialog = page.getByRole("dialog", { name: "Acknowledge: Low success rate" });
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await expect.poll(() => button.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);

  await button.press("Enter");
  // Without a name the browser itself refuses.
  await dialog.getByRole("button", { name: "Acknowledge" }).click();
  expect(await dialog.isVisible()).toBe(true);
  await dialog.getByLabel("Your name").fill("ann");
  await dialog.getByLabel("Comment").fill("on it");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await firingCard(page)
    .getByText(/acknowledged by ann, \d\d:\d\d:\d\d: on it/)
    .waitFor();
  expect(await asked(server, "/api/alerts")).toMatchObject({
    active: [{ acknowledged: { author: "ann", comment: "on it" } }],
  });

  await page.goto(`${server.url}/`);
  const board = page.getByRole("list", { name: "Firing alerts" });
  await board.getByText(/acknowledged by ann, \d\d:\d\d:\d\d: on it/).waitFor();
  expect(await board.getByRole("button").count()).toBe(0);

  await page.goto(`${server.url}/alerts`);
  await firingCard(page).getByRole("button", { name: "Take over" }).click();
  expect(await dialog.getByLabel("Your name").inputValue()).toBe("ann");
});

test("an alert is acknowledged from the board; what the server says against it stands in the form", async () => {
  const server = await firingServer();
  const page = await openPage(browser, server, "/");
  const button = page.getByRole("list", { name: "Firing alerts" }).getByRole("button", { name: "Acknowledge" });
  await button.click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Your name").fill("bob");
  await send(server, "metrics", requestDurationsBody({ success: 500 }));
  await server.evaluateNow();
  // The alert is over and its line is gone; the form stays, with what was written.
  await page.getByRole("list", { name: "Firing alerts" }).waitFor({ state: "detached" });
  await dialog.getByRole("button", { name: "Acknowledge" }).click();
  await dialog
    .getByRole("alert")
    .getByText(/no firing alert/)
    .waitFor();
  expect(await dialog.getByLabel("Your name").inputValue()).toBe("bob");
});

test("an alert is silenced with what matches it, shows it, and is free when the silence is expired", async () => {
  const server = await firingServer();
  const page = await openPage(browser, server, "/alerts");
  await firingCard(page).getByRole("button", { name: "Silence Low success rate" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a silence" });
  expect(await dialog.getByLabel("Label").inputValue()).toBe("rule");
  expect(await dialog.getByLabel("Value").inputValue()).toBe("low-success");
  await dialog.getByText("Matches 1 active alert, and alerts of 1 rule.").waitFor();
  await dialog.getByLabel("Value").fill("low-sucess");
  await dialog.getByText('There is no rule "low-sucess". Did you mean "low-success"?').waitFor();
  await dialog.getByText("Matches 0 active alerts, and alerts of 0 rules.").waitFor();
  await dialog.getByLabel("Operator").selectOption("=~");
  await dialog.getByLabel("Value").fill("low-(");
  await dialog.getByText(/expected a regular expression/).waitFor();
  await dialog.getByLabel("Your name").fill("ann");
  await dialog.getByLabel("Reason").fill("deploy");
  await dialog.getByRole("button", { name: "Silence" }).click();
  await dialog
    .getByRole("alert")
    .getByText(/matchers\[0\]: expected a regular expression/)
    .waitFor();
  await dialog.getByLabel("Value").fill("low-.*");
  await dialog.getByLabel(/^For/).selectOption("1 hour");
  await dialog.getByRole("button", { name: "Silence" }).click();
  await dialog.waitFor({ state: "detached" });
  await firingCard(page)
    .getByText(/silenced until \d\d:\d\d:\d\d by ann: deploy/)
    .waitFor();

  await page.getByRole("link", { name: "Silences" }).click();
  const row = page.getByRole("row", { name: /rule=~"low-\.\*"/ });
  await row.getByRole("cell", { name: "active" }).waitFor();
  await row.getByRole("cell", { name: "1", exact: true }).waitFor();
  const { silences } = await asked<{ silences: { starts_at: string; ends_at: string }[] }>(server, "/api/silences");
  const [silence] = silences;
  const lengthMs = Date.parse(silence?.ends_at ?? "") - Date.parse(silence?.starts_at ?? "");
  expect(Math.abs(lengthMs - 3_600_000)).toBeLessThan(30_000);

  await row.getByRole("button", { name: "Expire now" }).click();
  await row.getByRole("cell", { name: "expired" }).waitFor();
  await page.getByRole("link", { name: "Active" }).click();
  await firingCard(page).getByRole("heading", { name: "Low success rate" }).waitFor();
  expect(
    await firingCard(page)
      .getByText(/silenced/)
      .count(),
  ).toBe(0);
});

test("rules are shown with their value now and how far that is from their threshold", async () => {
  const near: Rule = { ...RULE, id: "near", name: { en: "Near", zh: "近" }, when: { op: "<", value: 40 } };
  const silent = ruleOf({ id: "silent", indicator: "ttft.p95", intervalS: 3600 });
  const server = await firingServer({ rules: [RULE, near, silent] });
  const page = await openPage(browser, server, "/alerts?tab=rules");
  await page.getByRole("row", { name: /firing Low success rate.*50 %.*40 points below/ }).waitFor();
  await page.getByRole("row", { name: /inactive Near.*50 %.*10 points away/ }).waitFor();
  await page.getByRole("row", { name: /Slow silent.*no data since \d\d:\d\d:\d\d –/ }).waitFor();
});

test("a rule is tried against the past, also with another threshold, and the address says which", async () => {
  const { server } = await startServer({ rules: [{ ...lowSuccess(60, 5), forS: 10 }] });
  await send(server, "metrics", requestDurationsBody({ success: 5, error: 5 }, { msAgo: 600_000 }));
  await send(server, "metrics", requestDurationsBody({ success: 10 }, { msAgo: 480_000 }));
  const page = await openPage(browser, server, "/alerts?tab=backtest&rule=low-success&past=1h");
  await page.getByText(/^Would have fired once, 1m5\ds in all/).waitFor();
  await page.getByRole("img", { name: /^Low success rate\. Latest 100 %, lowest 50 %, highest 100 %/ }).waitFor();
  const firings = page.getByRole("region", { name: "Would have fired" });
  await firings.getByRole("row", { name: /1m5\ds 50 %.*condition over/ }).waitFor();
  await page.getByText(/No data at \d+ of 7\d\d evaluations/).waitFor();

  expect(await page.getByLabel("Window").inputValue()).toBe("1m");
  expect(await page.getByLabel("For", { exact: true }).inputValue()).toBe("10s");
  await page.getByLabel("Fires when").fill("< 40 %");
  await page.getByRole("button", { name: "Test" }).click();
  await page.getByText("Would not have fired").waitFor();
  expect(new URL(page.url()).searchParams.get("when")).toBe("< 40 %");
  await page.reload();
  await page.getByText("Would not have fired").waitFor();
  expect(await page.getByLabel("Fires when").inputValue()).toBe("< 40 %");
  await page.getByText("Use this").click();
  await page.getByText("when: < 40 %").waitFor();

  await page.getByLabel("Fires when").fill("< 40");
  await page.getByRole("button", { name: "Test" }).click();
  await page
    .getByRole("alert")
    .getByText(/found no unit in "< 40"/)
    .waitFor();
  await page.getByRole("button", { name: "As the rule is" }).click();
  await page.getByText(/^Would have fired once/).waitFor();
  await page.getByRole("button", { name: "7 days" }).click();
  await page.getByText(/over so long a time it was tried every 5m5s/).waitFor();
});

test("receivers are shown with their newest message, what was answered and what helps, or how to get one", async () => {
  const [well, gone] = [
    await HttpService.start(answering(200)),
    await HttpService.start(answering(404, "no such hook")),
  ];
  const server = await firingServer({ receivers: webhooks({ oncall: well.url, finance: gone.url }) });
  const page = await openPage(browser, server, "/alerts");
  await firingCard(page)
    .getByText(/^oncall told \d\d:\d\d:\d\d$/)
    .waitFor();
  await firingCard(page)
    .getByText(/^finance not told, given up .*404 no such hook/)
    .waitFor();
  await page.getByText("The newest message to finance has not arrived.").waitFor();
  await page.getByRole("link", { name: "Why, and what helps" }).click();
  await page.getByRole("row", { name: /^oncall webhook every alert English .*arrived/ }).waitFor();
  const row = page.getByRole("row", { name: /^finance webhook every alert English .*failed .* given up/ });
  await row.getByText("no such hook").waitFor();
  await row.getByText(/^→ nothing is at that address/).waitFor();
  await row.getByText("chainwatch receivers test finance").waitFor();

  const { server: alone } = await startServer({ rules: [RULE] });
  await page.context().close();
  const empty = await openPage(browser, alone, "/alerts?tab=receivers");
  await empty.getByText("chainwatch init --receiver slack").waitFor();
});

/** Receivers as a file has them, by name. */
function webhooks(urls: Readonly<Record<string, string>>): readonly Receiver[] {
  const path = join(temporaryFolder(), "chainwatch.yaml");
  const lines = Object.keys(urls).map((name) => `  - { name: ${name}, webhook: { url: "\${${name}}" } }\n`);
  writeFileSync(path, `receivers:\n${lines.join("")}`);
  return loadConfig(path, urls).receivers;
}

test("the history is narrowed by rule and severity, and goes back page by page", async () => {
  const dataDir = temporaryFolder();
  const other: Rule = { ...ruleOf({ id: "other" }), name: { en: "Other", zh: "其他" } };
  const journal = await SqliteAlertJournal.open(dataDir);
  await recordChanges(journal, RULE, 52);
  await recordChanges(journal, other, 8);
  await journal.close();
  const { server } = await startServer({ rules: [RULE, other], dataDir });
  const page = await openPage(browser, server, "/alerts?tab=history");
  const rows = page.getByRole("region", { name: "History" }).locator("tbody tr");
  await expect.poll(() => rows.count()).toBe(50);
  await page.getByRole("button", { name: "Older" }).click();
  await expect.poll(() => rows.count()).toBe(60);
  expect(await page.getByRole("button", { name: "Older" }).count()).toBe(0);

  await page.getByLabel("Rule", { exact: true }).selectOption("Other");
  await expect.poll(() => rows.count()).toBe(8);
  await page.getByLabel("Severity").selectOption("Critical");
  await page.getByText("No change of state fits this filter.").waitFor();
  await page.getByLabel("Rule", { exact: true }).selectOption("Any rule");
  await expect.poll(() => rows.count()).toBe(50);
  expect(new URL(page.url()).search).toBe("?tab=history&severity=critical");
  await page.getByLabel("Time", { exact: true }).selectOption("Last hour");
  await page.getByText("No change of state fits this filter.").waitFor();
});

/** Firing and resolved in turn, two hours ago. */
async function recordChanges(journal: SqliteAlertJournal, rule: Rule, changes: number): Promise<void> {
  let instances: ReturnType<typeof evaluateRule>["instances"] = [];
  for (let change = 0; change < changes; change++) {
    const atMs = Date.now() - 2 * 3_600_000 + change * 15_000;
    const isBad = change % 2 === 0;
    const value = rule.unit === "%" ? (isBad ? 10 : 99) : isBad ? 9 : 1;
    const evaluation = evaluateRule(rule, instances, { samples: [{ labels: {}, value, count: 10 }] }, atMs);
    instances = evaluation.instances;
    expect(evaluation.transitions).toHaveLength(1);
    await journal.record({ atMs, instances: new Map([[rule.id, instances]]), transitions: evaluation.transitions });
  }
}

const TABS = ["active", "history", "silences", "rules", "backtest", "receivers"] as const;

test("names and texts of rules, silences and acknowledgements are text, whatever they hold", async () => {
  const hostile: Rule = {
    ...RULE,
    name: { en: SCRIPT, zh: SCRIPT },
    annotations: { runbook_url: "javascript:document.title='ran'", summary: SCRIPT },
  };
  const talker = await HttpService.start(answering(404, SCRIPT));
  const server = await firingServer({ rules: [hostile], receivers: webhooks({ talker: talker.url }) });
  const { active } = await asked<{ active: { id: string }[] }>(server, "/api/alerts");
  const post = (path: string, body: object) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const matchers = [{ name: "rule", op: "!=", value: SCRIPT }];
  await post("/api/silences", {
    matchers: [...matchers, { name: "rule", op: "=~", value: "low.*" }],
    author: SCRIPT,
    reason: SCRIPT,
    ends_at: "2999-01-01T00:00:00Z",
  });
  expect((await post(`/api/alerts/${active[0]?.id}/ack`, { author: SCRIPT, comment: SCRIPT })).status).toBe(200);
  const page = await openPage(browser, server, "/alerts");
  for (const tab of TABS) {
    await page.goto(`${server.url}/alerts?tab=${tab}`);
    await page.getByText(SCRIPT).filter({ visible: true }).first().waitFor();
    expect(await page.locator("img, #page script").count()).toBe(0);
  }
  await page.goto(`${server.url}/alerts`);
  await firingCard(page).waitFor();
  expect(await firingCard(page).getByRole("link", { name: "Runbook" }).count()).toBe(0);
  await page.goto(`${server.url}/`);
  await page.getByText(SCRIPT).filter({ visible: true }).first().waitFor();
  expect(await page.title()).not.toBe("ran");
  expect(await page.locator("img, #page script").count()).toBe(0);
});

test("all of it is Chinese too", async () => {
  const server = await firingServer();
  const page = await openPage(browser, server, "/alerts", { locale: "zh-CN" });
  const card = page.getByRole("list", { name: "触发中的告警" }).getByRole("listitem").first();
  await card.getByRole("heading", { name: "成功率过低" }).waitFor();
  expect(await card.textContent()).toContain("低于阈值 40 个百分点");
  await card.getByRole("button", { name: "确认 成功率过低" }).click();
  const dialog = page.getByRole("dialog", { name: "确认告警：成功率过低" });
  await dialog.getByLabel("你的名字").fill("小安");
  await dialog.getByRole("button", { name: "确认" }).click();
  await card.getByText(/已由 小安 于 \d\d:\d\d:\d\d 确认/).waitFor();
  await card.getByRole("button", { name: "静默 成功率过低" }).click();
  await page.getByText("匹配 1 条当前告警，涉及 1 条规则。").waitFor();
  for (const tab of TABS) {
    await page.goto(`${server.url}/alerts?tab=${tab}`);
    await page.locator("main .card").first().waitFor();
    await page.getByText("实时", { exact: true }).last().waitFor();
    const text = (await page.locator("main").innerText()).replaceAll(
      /success_rate|low-success|chainwatch\.yaml|chainwatch init --receiver dingtalk|chainwatch init/g,
      "",
    );
    expect(text.match(/[A-Za-z]{4,}/g) ?? [], tab).toEqual([]);
  }
});

test.each(["light", "dark"] as const)("axe finds nothing serious in any tab or form, %s", async (colorScheme) => {
  const server = await firingServer();
  const page = await openPage(browser, server, "/alerts", { colorScheme });
  const findings: string[] = [];
  const look = async (where: string): Promise<void> => {
    findings.push(...(await seriousFindings(page)).map((finding) => `${where}: ${finding}`));
  };
  for (const tab of TABS) {
    await page.goto(`${server.url}/alerts?tab=${tab}`);
    await page.locator("main .card").first().waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    if (tab === "backtest") await page.getByText(/^Would have fired once|^Would not/).waitFor();
    await look(tab);
  }
  await page.goto(`${server.url}/alerts`);
  for (const name of ["Acknowledge Low success rate", "Silence Low success rate"]) {
    await page.getByRole("button", { name }).click();
    await page.getByRole("dialog").waitFor();
    await look(name);
    await page.keyboard.press("Escape");
  }
  expect(findings).toEqual([]);
});

test.each(TABS)("%s needs no sideways scrolling on a phone", async (tab) => {
  const server = await firingServer();
  const page = await openPage(browser, server, `/alerts?tab=${tab}`, { viewport: { width: 360, height: 740 } });
  await page.locator("main .card").first().waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
});
