// The page of a server with a million spans and 90 days of roll-ups, in a real Chromium on this machine: when the page
// paints first, how long a view takes from the click to its last answer, and whether a trace of 10,000 spans stays smooth.
//   npm run build && node bench/page.bench.mjs [spans] [days]
// CHROMIUM_PATH names the browser; default /usr/bin/chromium.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { makeBigStore } from "./big-store.mjs";

const SPANS = Number(process.argv[2] ?? 1_000_000);
const DAYS = Number(process.argv[3] ?? 90);
const [LOADS, CHANGES] = [5, 20];
const [PAINT_MS, ANSWER_MS, TRACE_MS] = [1000, 300, 20];
const LONG_TRACE = "0af7651916cd43dd8448eb211c80319c";
const LONG_TRACE_SPANS = 10_000;
/** Nothing more is asked for this long: the view is there. */
const QUIET_MS = 400;
const CLI = fileURLToPath(new URL("../dist/esm/cli.js", import.meta.url));

const dataDir = mkdtempSync(join(tmpdir(), "chainwatch-bench-"));
const began = performance.now();
console.log(`load ${loadavg()[0].toFixed(1)}; making ${SPANS} spans and ${DAYS} days: some minutes`);
const made = await makeBigStore({ dataDir, spans: SPANS, days: DAYS });
console.log(`made in ${((performance.now() - began) / 1000).toFixed(0)} s`);

const server = spawn(process.execPath, [CLI, "serve", "--port", String(await freePort()), "--data-dir", dataDir], {
  stdio: ["ignore", "pipe", "inherit"],
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
let late = 0;
try {
  const url = await addressIn(server);
  await sendLongTrace(url);
  const empty = createServer((_, response) => response.setHeader("content-type", "text/html").end("<p>empty</p>"));
  empty.listen(0, "127.0.0.1");
  await once(empty, "listening");
  const floor = await measureLoads(`http://127.0.0.1:${empty.address().port}/`);
  empty.close();

  console.log(
    `\n${"milliseconds".padEnd(28)} the page is opened: first paint, all answered    changed to: first, a view, an answer`,
  );
  console.log(`${"".padEnd(28)}    p50    p95    p50    p95              p50    p95    p50    p95  calls`);
  show("floor: a page with one line", floor);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${url}/alerts`);
  await quiet(page);
  for (const [name, path] of [
    ["Now", "/"],
    ["Now, 24 h", "/?window=86400"],
    ["Trends, 1 h by model", "/trends?indicator=cost.total&by=model&range=1h"],
    ["Trends, 24 h", "/trends?indicator=response_time.p95&range=24h"],
    ["Trends, 90 d by release", "/trends?indicator=success_rate&by=release&range=90d"],
    ["Trends, 90 d of users", "/trends?indicator=users.active&range=90d"],
    ["Costs, 30 d", "/costs?range=30d"],
    ["Compare, 7 d", "/compare"],
    ["Traces, newest", "/traces"],
    ["Traces, slowest of a type", "/traces?type=agent&sort=slowest"],
    ["Traces, text in a message", "/traces?text=Where+is+order+77770%3F"],
    ["A trace", `/traces/${made.middleTraceId}`],
    ["Requests", "/requests"],
    ["Requests of a user", "/requests?user=user_7"],
    ["Alerts", "/alerts"],
    ["Set-up", "/setup"],
  ]) {
    const changes = await measureChanges(page, path);
    show(name, { ...(await measureLoads(url + path)), ...changes });
  }
  await page.close();
  const traces = [];
  for (let run = 0; run < 50; run += 1) {
    const at = performance.now();
    await (await fetch(`${url}/api/traces/${made.middleTraceId}`)).arrayBuffer();
    traces.push(performance.now() - at);
  }
  console.log(
    `\ntrace by id over HTTP: p50 ${ms(share(traces, 0.5))}, p95 ${ms(share(traces, 0.95))}, aim ${TRACE_MS} ms`,
  );
  if (share(traces, 0.95) > TRACE_MS) late += 1;
  await measureLongTrace(url);
} finally {
  await browser.close();
  server.kill("SIGTERM");
  await once(server, "exit");
  rmSync(dataDir, { recursive: true, force: true });
}
console.log(late === 0 ? "\nall within their time" : `\n${late} late`);

/** In a new browser context each: nothing is in its cache. */
async function measureLoads(address) {
  const [paints, whole] = [[], []];
  for (let run = 0; run < LOADS; run += 1) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const from = performance.now();
    const answered = quiet(page);
    await page.goto(address);
    whole.push((await answered) - from);
    const paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime";
    paints.push(Number(await page.evaluate(paint)));
    await page.close();
  }
  return { paints, whole };
}

/**
 * From another view to this one and back, on a page that stays open. The first time, nothing of it is known to the
 * server yet. Calls that every view makes do not count.
 */
async function measureChanges(page, path) {
  const goTo = (address) =>
    page.evaluate(
      `performance.clearResourceTimings(); window.changedMs = performance.now();
       history.pushState(null, "", ${JSON.stringify(address)}); dispatchEvent(new PopStateEvent("popstate"))`,
    );
  const [answers, views] = [[], []];
  let firstMs;
  let calls = 0;
  for (let run = 0; run <= CHANGES; run += 1) {
    await goTo(path === "/alerts" ? "/setup" : "/alerts");
    await quiet(page);
    const answered = quiet(page);
    await goTo(path);
    await answered;
    const took = await page.evaluate(
      `performance.getEntriesByType("resource")
         .filter(({ name }) => name.includes("/api/") && !/\\/api\\/(stream|status|alerts)$/.test(name))
         .map(({ startTime, responseEnd }) => ({ answer: responseEnd - startTime, view: responseEnd - window.changedMs }))`,
    );
    const viewMs = Math.max(...took.map(({ view }) => view));
    calls = took.length;
    if (run === 0) {
      firstMs = viewMs;
      continue;
    }
    views.push(viewMs);
    answers.push(...took.map(({ answer }) => answer));
  }
  return { firstMs, views, answers, calls };
}

/** Resolves when nothing is asked any more and nothing new for a while, with the time of the newest answer. */
async function quiet(page) {
  let newestMs = performance.now();
  const open = new Set();
  const asked = (request) => {
    if (request.url().includes("/api/") && !request.url().endsWith("/api/stream")) open.add(request);
  };
  const ended = (request) => {
    if (open.delete(request)) newestMs = performance.now();
  };
  page.on("request", asked);
  page.on("requestfinished", ended);
  page.on("requestfailed", ended);
  while (open.size > 0 || performance.now() - newestMs < QUIET_MS) await new Promise((done) => setTimeout(done, 20));
  page.off("request", asked);
  page.off("requestfinished", ended);
  page.off("requestfailed", ended);
  return newestMs;
}

function show(name, { paints, whole, firstMs, views = [], answers = [], calls = "" }) {
  const pair = (values) => `${ms(share(values, 0.5))} ${ms(share(values, 0.95))}`;
  const isLate = share(paints, 0.95) > PAINT_MS || share(views, 0.95) > ANSWER_MS;
  if (isLate) late += 1;
  console.log(
    `${name.padEnd(28)} ${pair(paints)} ${pair(whole)}     ${ms(firstMs)} ${pair(views)} ${pair(answers)} ${String(calls).padStart(6)} ${isLate ? "LATE" : ""}`,
  );
}

function share(values, q) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)];
}

function ms(value) {
  return (value === undefined ? "–" : value.toFixed(value < 10 ? 1 : 0)).padStart(6);
}

async function measureLongTrace(url) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const from = performance.now();
  await page.goto(`${url}/traces/${LONG_TRACE}`);
  await page.getByRole("treeitem").first().waitFor({ timeout: 60_000 });
  const firstRowsMs = performance.now() - from;
  const frames = await page.evaluate(`(async () => {
    const took = [];
    let before = performance.now();
    for (let step = 0; step < 120; step += 1) {
      scrollBy(0, 240);
      await new Promise(requestAnimationFrame);
      took.push(performance.now() - before);
      before = performance.now();
    }
    return took;
  })()`);
  const rows = await page.getByRole("treeitem").count();
  console.log(
    `a trace of ${LONG_TRACE_SPANS} spans: first rows after${ms(firstRowsMs)} ms; frames while scrolling: p50 ${ms(share(frames, 0.5))} ms, p95 ${ms(share(frames, 0.95))} ms (a still page: 16.7); ${rows} rows in the document`,
  );
  await page.close();
}

async function sendLongTrace(url) {
  const nowMs = Date.now();
  const hex = (value) => value.toString(16).padStart(16, "0");
  const spans = Array.from({ length: LONG_TRACE_SPANS }, (_, index) => ({
    ...{ traceId: LONG_TRACE, spanId: hex(index + 1), name: `step ${index}`, kind: 1 },
    ...(index > 0 && { parentSpanId: hex(Math.floor((index - 1) / 8) + 1) }),
    startTimeUnixNano: `${nowMs - 60_000 + index}000000`,
    endTimeUnixNano: `${nowMs - 50_000 + index}000000`,
  }));
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "shop" } }] };
  const answer = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }),
  });
  if (!answer.ok) throw new Error(`the long trace was refused: ${answer.status} ${await answer.text()}`);
}

/** The address in the server's lines; all are read on, so that it never waits for a reader. */
function addressIn({ stdout }) {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: stdout });
    lines.on("line", (line) => {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (url !== undefined) resolve(url);
    });
    lines.on("close", () => reject(new Error("the server ended before it named its address")));
  });
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}
