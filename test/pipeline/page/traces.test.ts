import { readFile } from "node:fs/promises";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { TraceView } from "../../../src/dashboard/api/trace-view.js";
import type { LocalServer } from "../../../src/server/local-server.js";
import type { TraceSummary } from "../../../src/store/telemetry-store.js";
import { CliProcess, emptyFolder, removeFolder } from "../../cli/cli-process.js";
import { type ExampleSpan, tracesBody } from "../../server/example-telemetry.js";
import { launchChromium } from "../parts/chromium.js";
import { seriousFindings } from "./accessibility.js";
import { openPage, send, startServer } from "./page-server.js";

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
const TRACE = hex(0x7ace, 32);

const said = (question: string, answer: string): Record<string, string> => ({
  "gen_ai.input.messages": JSON.stringify([{ role: "user", parts: [{ type: "text", content: question }] }]),
  "gen_ai.output.messages": JSON.stringify([{ role: "assistant", parts: [{ type: "text", content: answer }] }]),
});

interface ExampleTrace {
  id: number;
  name: string;
  secondsAgo?: number;
  seconds?: number;
  attributes?: Record<string, string | number>;
}

/** A request of one model call. */
async function sendTrace(server: LocalServer, trace: ExampleTrace): Promise<void> {
  const { id, name, secondsAgo = 60, seconds = 1, attributes = {} } = trace;
  const time = { startedMsAgo: secondsAgo * 1000, durationMs: seconds * 1000 };
  const call = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o" };
  await send(
    server,
    "traces",
    tracesBody(hex(id, 32), [{ name, spanId: hex(id, 16), ...time, attributes: { ...call, ...attributes } }]),
  );
}

/** Of one root, with children `parent` of each given. */
function span(id: number, parent: number | undefined, row: Partial<ExampleSpan> = {}): ExampleSpan {
  return {
    name: `step ${id}`,
    spanId: hex(id, 16),
    ...(parent !== undefined && { parentSpanId: hex(parent, 16) }),
    startedMsAgo: 10_000 - id,
    durationMs: 100,
    ...row,
  };
}

/** Longer than any answer takes on a busy machine. */
const PATIENCE = { timeout: 10_000 };

/** Names in the list of traces, in their order. */
const listed = (page: Page): Promise<string[]> =>
  page.getByRole("region", { name: "Traces", exact: true }).getByRole("link").allTextContents();

const query = (page: Page): Record<string, string> => Object.fromEntries(new URL(page.url()).searchParams);

test("the list is narrowed by all that a reader knows; each stands in the address and can be taken away", async () => {
  const { server } = await startServer();
  const chat = { "chainwatch.request.type": "chat", outcome: "success", "user.id": "ann" };
  const support = { "chainwatch.request.type": "support", outcome: "error", "user.id": "bob" };
  await sendTrace(server, {
    ...{ id: 1, name: "first", secondsAgo: 7200, seconds: 3 },
    attributes: { ...chat, ...said("How warm is it in Paris?", "21 degrees."), "gen_ai.usage.cost": 0.5 },
  });
  await sendTrace(server, { id: 2, name: "second", secondsAgo: 600, seconds: 1, attributes: support });
  await sendTrace(server, {
    ...{ id: 3, name: "third", secondsAgo: 60, seconds: 9 },
    attributes: { ...chat, "gen_ai.request.model": "o4-mini", "gen_ai.usage.cost": 0.01 },
  });
  const page = await openPage(browser, server, "/traces");
  await expect.poll(() => listed(page), PATIENCE).toEqual(["third", "second", "first"]);
  await page.getByRole("button", { name: "More filters" }).click();
  expect(await seriousFindings(page)).toEqual([]);

  const fill = async (label: string | RegExp, value: string): Promise<void> => {
    await page.getByLabel(label).fill(value);
    await page.keyboard.press("Enter");
  };
  const cases: [name: string, narrow: () => Promise<unknown>, left: string[], chip: string | RegExp][] = [
    ["text", () => page.getByLabel("Text in names or messages").fill("WARM is"), ["first"], "text WARM is"],
    ["window", () => page.getByLabel("Time").selectOption("3600"), ["third", "second"], "Last hour"],
    ["outcome", () => page.getByLabel("Outcome").selectOption("error"), ["second"], "outcome error"],
    ["service", () => fill("service", "nobody"), [], "service nobody"],
    ["type", () => fill("request type", "chat"), ["third", "first"], "request type chat"],
    ["model", () => fill("model", "o4-mini"), ["third"], "model o4-mini"],
    ["user", () => fill("user", "bob"), ["second"], "user bob"],
    ["min_duration", () => fill(/took at least/, "3"), ["third", "first"], "took at least 3 s"],
    ["max_duration", () => fill(/took at most/, "3"), ["second", "first"], "took at most 3 s"],
    ["min_cost", () => fill(/cost at least/, "0.1"), ["first"], "cost at least $0.1"],
  ];
  for (const [name, narrow, left, chip] of cases) {
    await narrow();
    await expect.poll(() => listed(page), { ...PATIENCE, message: name }).toEqual(left);
    expect(Object.keys(query(page))).toEqual([name]);
    await page.reload();
    await expect.poll(() => listed(page), { ...PATIENCE, message: `${name}, from its address` }).toEqual(left);
    if (left.length === 0) await page.getByText("No trace fits this filter.").waitFor();
    await page.getByRole("button", { name: chip }).click();
    await expect
      .poll(() => listed(page), { ...PATIENCE, message: `${name}, taken away` })
      .toEqual(["third", "second", "first"]);
    expect(page.url()).toBe(`${server.url}/traces`);
    await page.getByRole("button", { name: "More filters" }).click();
  }

  await page.getByLabel("Time").selectOption("range");
  await page.getByLabel("From", { exact: true }).waitFor();
  await expect.poll(() => listed(page), PATIENCE).toEqual(["third", "second"]);
  const fiveMinutesAgo = new Date(Date.now() - 300_000);
  const local = new Date(fiveMinutesAgo.getTime() - fiveMinutesAgo.getTimezoneOffset() * 60_000);
  await page.getByLabel("To", { exact: true }).fill(local.toISOString().slice(0, 16));
  await expect.poll(() => listed(page), PATIENCE).toEqual(["second"]);
  expect(Object.keys(query(page)).sort()).toEqual(["from", "to"]);
  await page.getByRole("link", { name: "Clear all" }).click();
  await expect.poll(() => listed(page), PATIENCE).toEqual(["third", "second", "first"]);
  await page.getByLabel("Order").selectOption("slowest");
  await expect.poll(() => listed(page), PATIENCE).toEqual(["third", "first", "second"]);

  // A filter that the server does not know is told, and never taken for "everything".
  await page.goto(`${server.url}/traces?modle=gpt-4o`);
  await page.getByText('found "modle"').waitFor();
});

test("services, types and models are suggested from what is stored", async () => {
  const { server } = await startServer();
  await sendTrace(server, { id: 1, name: "a", attributes: { "chainwatch.request.type": "chat", outcome: "success" } });
  await sendTrace(server, { id: 2, name: "b", attributes: { "gen_ai.request.model": "o4-mini" } });
  const page = await openPage(browser, server, "/traces");
  await page.getByRole("button", { name: "More filters" }).click();
  const suggestions = async (name: string): Promise<(string | null)[]> =>
    page
      .locator(`#suggested-${name} option`)
      .evaluateAll((options) => options.map((each) => each.getAttribute("value")));
  await expect.poll(() => suggestions("model"), PATIENCE).toEqual(["gpt-4o", "o4-mini"]);
  expect(await page.getByLabel("model").getAttribute("list")).toBe("suggested-model");
  expect(await suggestions("service")).toEqual(["shop"]);
  expect(await suggestions("type")).toEqual(["chat"]);
});

test("older traces are a page further, and back leads from one to the list that it was in", async () => {
  const { server } = await startServer();
  for (let id = 1; id <= 103; id += 1) await sendTrace(server, { id, name: `trace ${id}`, secondsAgo: 1000 - id });
  const page = await openPage(browser, server, "/traces?service=shop");
  await expect.poll(async () => (await listed(page)).length, PATIENCE).toBe(100);
  await page.getByRole("link", { name: "Older" }).click();
  await expect.poll(() => listed(page), PATIENCE).toEqual(["trace 3", "trace 2", "trace 1"]);
  expect(await page.getByRole("link", { name: "Older" }).count()).toBe(0);
  await page.reload();
  await page.getByRole("link", { name: "trace 2" }).click();
  await page.getByRole("heading", { name: "trace 2", level: 1 }).waitFor();
  await page.getByRole("main").getByRole("link", { name: "Traces" }).click();
  await expect.poll(() => listed(page), PATIENCE).toEqual(["trace 3", "trace 2", "trace 1"]);
  await page.getByRole("link", { name: "First page" }).click();
  await expect.poll(async () => (await listed(page)).at(0), PATIENCE).toBe("trace 103");
});

/** The name of the row that the tree tells to be where the keyboard is. */
const activeRow = (page: Page): Promise<string | null> =>
  page.evaluate<string | null>(`document
    .getElementById(document.querySelector("[role=tree]").getAttribute("aria-activedescendant"))
    ?.textContent`);

test("the keys walk, fold and open the spans, and a folded one tells what fails under it", async () => {
  const { server } = await startServer();
  const call = { "gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 30, "gen_ai.usage.cost": 0.0012 };
  const spans = [
    span(1, undefined),
    span(2, 1),
    span(3, 2, { failed: true, name: "chat gpt-4o", attributes: call }),
    span(4, 1),
  ];
  await send(server, "traces", tracesBody(TRACE, spans));
  const page = await openPage(browser, server, `/traces/${TRACE}`);
  const tree = page.getByRole("tree");
  const rows = tree.getByRole("treeitem");
  await expect.poll(() => rows.count(), PATIENCE).toBe(4);
  const failed = page.getByRole("treeitem", { name: "model error chat gpt-4o 100 ms · 30 tok · $0.0012" });
  // What failed is shown first.
  expect(await failed.getAttribute("aria-selected")).toBe("true");
  const place = (row: Locator): Promise<(string | null)[]> =>
    Promise.all(["level", "posinset", "setsize", "expanded"].map((name) => row.getAttribute(`aria-${name}`)));
  expect(await place(rows.nth(0))).toEqual(["1", "1", "1", "true"]);
  expect(await place(rows.nth(1))).toEqual(["2", "1", "2", "true"]);
  expect(await place(rows.nth(3))).toEqual(["2", "2", "2", null]);

  await tree.focus();
  expect(await activeRow(page)).toContain("chat gpt-4o");
  await page.keyboard.press("ArrowLeft");
  expect(await activeRow(page)).toContain("step 2");
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => rows.count(), PATIENCE).toBe(3);
  await page.getByText("+1, 1 failed").waitFor();
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => activeRow(page), PATIENCE).toContain("step 4");
  expect(await page.getByRole("complementary").getByRole("heading", { level: 2 }).textContent()).toContain(
    "chat gpt-4o",
  );
  await page.keyboard.press("Enter");
  await page.getByRole("complementary").getByRole("heading", { name: "step 4" }).waitFor();
  expect(query(page)).toEqual({ span: hex(4, 16) });
  // Enter went on to the span; Escape leads back.
  await expect.poll(() => page.evaluate("document.activeElement.tagName"), PATIENCE).toBe("ASIDE");
  await page.keyboard.press("Escape");
  await expect.poll(() => page.evaluate("document.activeElement.role"), PATIENCE).toBe("tree");

  await page.getByRole("button", { name: "1 failed: show the next" }).click();
  await expect.poll(() => rows.count(), PATIENCE).toBe(4);
  expect(query(page)).toEqual({ span: hex(3, 16) });
  expect(await seriousFindings(page)).toEqual([]);
});

/**
 * Counts how often the page draws a row of the tree, from now on: calls of the smallest function that says the role of
 * rows, as the browser counts them.
 *
 * @returns gives the count since the last time
 */
async function drawnRows(page: Page, { url: pageUrl }: LocalServer): Promise<() => Promise<number>> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Debugger.enable");
  await cdp.send("Profiler.enable");
  await cdp.send("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  return async () => {
    const { result } = await cdp.send("Profiler.takePreciseCoverage");
    let count = 0;
    for (const { scriptId, functions } of result.filter(({ url }) => url.startsWith(pageUrl))) {
      const { scriptSource } = await cdp.send("Debugger.getScriptSource", { scriptId });
      const drawing = functions
        .flatMap(({ ranges }) => ranges.slice(0, 1))
        .filter((range) => /role:\s*["'`]treeitem/.test(scriptSource.slice(range.startOffset, range.endOffset)))
        .toSorted((a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset));
      count += drawing[0]?.count ?? 0;
    }
    return count;
  };
}

test("of ten thousand spans only the visible ones are in the document, and none is missing while scrolling", async () => {
  const { server } = await startServer();
  const spans = Array.from({ length: 10_000 }, (_, index) =>
    span(index + 1, index === 0 ? undefined : index % 10 === 1 ? 1 : index - ((index - 1) % 10) + 1, {
      startedMsAgo: 20_000_000 - index,
      durationMs: index === 0 ? 10_000 : 5,
      failed: index === 7_777,
    }),
  );
  for (let at = 0; at < spans.length; at += 2_500) {
    await send(server, "traces", tracesBody(TRACE, spans.slice(at, at + 2_500)));
  }
  const page = await openPage(browser, server, "/traces");
  const rowsDrawn = await drawnRows(page, server);
  await page.evaluate(`history.pushState(null, "", "/traces/${TRACE}?span=${hex(1, 16)}");
    dispatchEvent(new PopStateEvent("popstate"))`);
  const rows = page.getByRole("treeitem");
  await rows.first().waitFor();
  expect(await rows.count()).toBeLessThan(100);
  expect(await rowsDrawn()).toBeLessThan(200);

  const scrolled = await page.evaluate<{ frames: number; empty: number; most: number }>(`(async () => {
    const box = document.querySelector(".waterfall-scroll");
    const { left, top, height } = box.getBoundingClientRect();
    const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
    const found = { frames: 0, empty: 0, most: 0 };
    while (box.scrollTop + box.clientHeight < box.scrollHeight - 1 && found.frames < 1000) {
      box.scrollTop += 2600;
      await frame();
      await frame();
      found.frames += 1;
      if (!document.elementFromPoint(left + 40, top + height / 2)?.closest("[role=treeitem]")) found.empty += 1;
      found.most = Math.max(found.most, document.querySelectorAll("[role=treeitem]").length);
    }
    return found;
  })()`);
  expect(scrolled.frames).toBeGreaterThan(100);
  expect(scrolled.empty).toBe(0);
  expect(scrolled.most).toBeLessThan(100);

  // Rows that stay in sight are not drawn again: of eight rows a frame, only those eight.
  await page.evaluate(`(async () => {
    document.querySelector(".waterfall-scroll").scrollTop = 0;
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  })()`);
  await rowsDrawn();
  await page.evaluate(`(async () => {
    const box = document.querySelector(".waterfall-scroll");
    for (let frame = 0; frame < 100; frame += 1) {
      box.scrollTop += 240;
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    }
  })()`);
  const drawn = await rowsDrawn();
  expect(drawn).toBeGreaterThanOrEqual(800);
  expect(drawn).toBeLessThan(900);

  await page.getByRole("tree").focus();
  // Scrolled out of sight, the active row is there still.
  expect(await activeRow(page)).toContain("step 110.00 s");
  await page.keyboard.press("End");
  await expect.poll(() => activeRow(page), PATIENCE).toContain("step 10000");
});

test("a trace of a thousand levels can be walked, and folded at once", async () => {
  const { server } = await startServer();
  const spans = Array.from({ length: 1000 }, (_, index) => span(index + 1, index === 0 ? undefined : index));
  await send(server, "traces", tracesBody(TRACE, spans));
  const page = await openPage(browser, server, `/traces/${TRACE}?span=${hex(1000, 16)}`);
  const deepest = page.getByRole("treeitem", { name: "step 1000 100 ms" });
  await deepest.waitFor();
  expect(await deepest.getAttribute("aria-level")).toBe("1000");
  expect((await deepest.boundingBox())?.y).toBeLessThan(900);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(1440);
  await page.getByRole("button", { name: "Fold all" }).click();
  await expect.poll(() => page.getByRole("treeitem").count(), PATIENCE).toBe(2);
});

test("a root that is missing and clocks that differ are said", async () => {
  const { server } = await startServer();
  const spans = [span(2, 1, { startedMsAgo: 5_000 }), span(3, 2, { startedMsAgo: 5_400, durationMs: 50 })];
  await send(server, "traces", tracesBody(TRACE, spans));
  const page = await openPage(browser, server, `/traces/${TRACE}`);
  await page.getByRole("heading", { name: "step 2", level: 1 }).waitFor();
  await page.getByText("The root span has not arrived").waitFor();
  await page.getByText(`Its parent has not arrived: ${hex(1, 16)}`).waitFor();
  const skewed = page.getByRole("treeitem", { name: "step 3" });
  await skewed.click();
  await page.getByText("It starts 400 ms before its parent").waitFor();
  // It is drawn where its sender says that it was: the first of the trace.
  expect(await skewed.locator(".bar").getAttribute("style")).toContain("left: 0%");
});

test("of 100 kB in one attribute the beginning is shown, and all of it after a click", async () => {
  const { server } = await startServer();
  const long = `${"words ".repeat(20_000)}the very end`;
  await sendTrace(server, { id: 1, name: "long", attributes: { "note.long": long, ...said(long, "short") } });
  const page = await openPage(browser, server, `/traces/${hex(1, 32)}`);
  const message = page.getByRole("region", { name: "Messages" }).getByRole("listitem").first();
  await message.waitFor();
  expect((await message.textContent())?.length).toBeLessThan(3_000);
  await message.getByRole("button", { name: /Show .* more characters/ }).click();
  await expect.poll(async () => (await message.textContent())?.endsWith("the very end"), PATIENCE).toBe(true);
});

test("retrieved documents stand in their rank with their scores, and long tool results are folded", async () => {
  const { server } = await startServer();
  const documents = [
    { id: "refunds.md", score: 0.912, content: "Refunds take five days." },
    { id: "returns.md", score: 0.41, content: "Returns are free." },
  ];
  const result = JSON.stringify({ found: Array.from({ length: 80 }, (_, index) => ({ index, title: "a thing" })) });
  await send(
    server,
    "traces",
    tracesBody(TRACE, [
      span(1, undefined, {
        attributes: { "gen_ai.operation.name": "retrieval", "gen_ai.retrieval.documents": JSON.stringify(documents) },
      }),
      span(2, 1, {
        attributes: {
          "gen_ai.operation.name": "execute_tool",
          "gen_ai.tool.call.arguments": '{"city":"Paris"}',
          "gen_ai.tool.call.result": result,
        },
      }),
    ]),
  );
  const page = await openPage(browser, server, `/traces/${TRACE}?span=${hex(1, 16)}`);
  const items = page.locator(".documents > li");
  await items.first().waitFor();
  expect(await items.locator("h4").allTextContents()).toEqual(["1refunds.mdscore 0.912", "2returns.mdscore 0.410"]);
  await page.getByRole("treeitem", { name: "step 2" }).click();
  await page.getByText('"city": "Paris"').waitFor();
  const title = page.getByText('"title": "a thing"').first();
  expect(await title.isVisible()).toBe(false);
  await page.getByText("Result", { exact: true }).click();
  await title.waitFor();
});

test("a span and a trace can be taken along as JSON", async () => {
  const { server } = await startServer();
  await send(server, "traces", tracesBody(TRACE, [span(1, undefined), span(2, 1)]));
  const page = await openPage(browser, server, `/traces/${TRACE}?span=${hex(2, 16)}`, {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const copied = async (): Promise<unknown> => JSON.parse(await page.evaluate("navigator.clipboard.readText()"));
  await page.getByRole("complementary").getByRole("button", { name: "Copy as JSON" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  expect(await copied()).toMatchObject({ span_id: hex(2, 16), name: "step 2", resource: { "service.name": "shop" } });
  await page.getByRole("button", { name: "Copy as JSON" }).first().click();
  await expect
    .poll(copied, PATIENCE)
    .toMatchObject({ trace_id: TRACE, spans: [{ name: "step 1" }, { name: "step 2" }] });

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download JSON" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`trace-${TRACE}.json`);
  const whole = JSON.parse(await readFile(await download.path(), "utf8")) as TraceView;
  expect(whole.spans.map(({ name }) => name)).toEqual(["step 1", "step 2"]);
});

test("where the browser forbids copying, the button says so", async () => {
  const { server } = await startServer();
  await sendTrace(server, { id: 1, name: "one" });
  const page = await openPage(browser, server, `/traces/${hex(1, 32)}`);
  const cdp = await page.context().newCDPSession(page);
  const { targetInfo } = await cdp.send("Target.getTargetInfo");
  await cdp.send("Browser.setPermission", {
    ...{ permission: { name: "clipboard-write" }, setting: "denied", origin: server.url },
    ...(targetInfo.browserContextId && { browserContextId: targetInfo.browserContextId }),
  });
  await page.getByRole("button", { name: "Copy as JSON" }).first().click();
  await page.getByRole("button", { name: "The browser forbids copying" }).waitFor();
  await page.getByRole("button", { name: "Copy as JSON" }).first().waitFor();
});

test("the requests of a conversation are one click from each of them, in the order in which they were said", async () => {
  const { server } = await startServer();
  for (let id = 1; id <= 3; id += 1) {
    const attributes = { "gen_ai.conversation.id": "talk/7 & more", ...said(`Question ${id}?`, `Answer ${id}.`) };
    await sendTrace(server, { id, name: `turn ${id}`, secondsAgo: 1000 - id, attributes });
  }
  await sendTrace(server, { id: 9, name: "another", attributes: said("Alone?", "Yes.") });
  const page = await openPage(browser, server, `/traces/${hex(2, 32)}`);
  await page.getByRole("link", { name: "Conversation · 3 requests" }).click();
  const turns = page.getByRole("main").getByRole("listitem");
  await expect.poll(() => turns.count(), PATIENCE).toBe(3);
  expect(query(page)).toEqual({ conversation: "talk/7 & more" });
  expect((await turns.allTextContents()).map((turn) => /Question \d\?Answer \d\./.exec(turn)?.[0])).toEqual([
    "Question 1?Answer 1.",
    "Question 2?Answer 2.",
    "Question 3?Answer 3.",
  ]);
  expect(await seriousFindings(page)).toEqual([]);
  await turns.nth(0).getByRole("link").click();
  await page.getByRole("heading", { name: "turn 1", level: 1 }).waitFor();
});

test("a conversation whose messages were not captured says so, with the line that captures them", async () => {
  const { server } = await startServer();
  await sendTrace(server, { id: 1, name: "turn 1", attributes: { "gen_ai.conversation.id": "quiet" } });
  const page = await openPage(browser, server, "/traces?conversation=quiet");
  await page.getByText("turn 1").waitFor();
  await page.getByText("The text of messages was not captured").waitFor();
  await page.getByText("captureMessageContent: true").waitFor();
});

test("from the demo to the slowest request of the most expensive model in two clicks", async () => {
  const cwd = emptyFolder();
  const demo = new CliProcess(["demo"], { cwd });
  onTestFinished(async () => {
    await demo.kill();
    removeFolder(cwd);
  });
  const [, url = ""] = await demo.prints(/✓ server {2}(\S+)/);
  const json = async <T>(path: string): Promise<T> => (await fetch(url + path)).json() as Promise<T>;
  type Samples = { samples: { labels: { model: string }; value: number }[] };
  const costs = async (): Promise<Samples["samples"]> =>
    (await json<Samples>("/api/indicators/cost.total?by=model")).samples.sort((a, b) => b.value - a.value);
  const slowest = async (model: string): Promise<TraceSummary[]> =>
    (await json<{ traces: TraceSummary[] }>(`/api/traces?model=${model}&sort=slowest`)).traces;
  // Traffic of several models, one of which is clearly ahead and has requests to choose from.
  await expect
    .poll(
      async () => {
        const [first, second, third] = await costs();
        return third && first && second && first.value > 2 * second.value && (await slowest(first.labels.model)).length;
      },
      { timeout: 120_000 },
    )
    .toBeGreaterThan(2);
  const dearest = (await costs())[0]?.labels.model ?? "";
  const [before] = await slowest(dearest);

  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1440, height: 900 } });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(url);
  const models = page.locator("section.card").filter({ has: page.getByRole("heading", { name: "Models" }) });
  await models.getByRole("link").first().click();
  await page.getByRole("heading", { name: "Traces" }).waitFor();
  expect(query(page)).toMatchObject({ model: dearest, sort: "slowest" });
  await page.getByRole("region", { name: "Traces", exact: true }).getByRole("link").first().click();
  await page.getByRole("tree").waitFor();

  const opened = await json<TraceView>(new URL(page.url()).pathname.replace("/traces/", "/api/traces/"));
  const starts = opened.spans.map(({ start_us }) => start_us);
  const ends = opened.spans.map(({ start_us, duration }) => start_us + duration * 1e6);
  const seconds = (Math.max(...ends) - Math.min(...starts)) / 1e6;
  // Of those that had ended before the first click, at least.
  expect(seconds).toBeGreaterThanOrEqual((before?.duration ?? Number.NaN) - 0.001);
  expect(opened.spans.some(({ attributes }) => attributes["gen_ai.request.model"] === dearest)).toBe(true);
});
