// Makes docs/screenshots/ from the demo's traffic in a real browser: `npm run build && node build/screenshots.mjs`.
// CHROMIUM_PATH names the browser; default /usr/bin/chromium. Takes about two minutes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("..", import.meta.url));
const pictures = join(root, "docs", "screenshots");
const SIZE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
/** What the Chinese README shows. */
const IN_CHINESE = ["alerts", "now", "trace"];
/** Long enough for the demo's incident to come, and for the charts to have something to draw. */
const TRAFFIC_S = 75;
const FIRING_TIMEOUT_S = 150;

const folder = mkdtempSync(join(tmpdir(), "chainwatch-screenshots-"));
const demo = spawn(process.execPath, [join(root, "dist/esm/cli.js"), "demo", "--lang", "en"], {
  cwd: folder,
  stdio: ["ignore", "pipe", "inherit"],
});
const ended = once(demo, "exit");
try {
  const url = await serverOf(createInterface({ input: demo.stdout }));
  const ask = async (path) => (await fetch(`${url}${path}`)).json();

  await sleep(TRAFFIC_S * 1000);
  await until("an alert that fires", async () => {
    const { active } = await ask("/api/alerts");
    return active.some((alert) => alert.to === "firing");
  });
  mkdirSync(pictures, { recursive: true });
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH || "/usr/bin/chromium" });
  try {
    const trace = richest((await ask("/api/traces?type=travel&outcome=success&limit=100")).traces);
    const views = {
      now: "/",
      trends: "/trends?indicator=response_time.p95&by=type&range=1h",
      costs: "/costs",
      compare: "/compare?by=prompt",
      trace: `/traces/${trace.trace_id}`,
      traces: "/traces?sort=slowest",
      requests: "/requests",
      alerts: "/alerts",
      setup: "/setup",
    };
    const inEnglish = (name) => shoot(browser, `${url}${views[name]}`, name, {});
    const inChinese = (name) => shoot(browser, `${url}${views[name]}`, `${name}.zh-CN`, { language: "zh" });
    // What fires comes first: the incident is over in a minute.
    for (const name of IN_CHINESE) {
      await inEnglish(name);
      await inChinese(name);
    }
    for (const name of Object.keys(views).filter((each) => !IN_CHINESE.includes(each))) await inEnglish(name);
    await shoot(browser, `${url}/`, "now.dark", { colorScheme: "dark" });
    await shoot(browser, `${url}/`, "now.phone", { viewport: PHONE });
  } finally {
    await browser.close();
  }
} finally {
  demo.kill("SIGTERM");
  await ended;
  rmSync(folder, { recursive: true, force: true });
}

/** The address in the demo's lines; all are read on, so that the demo never waits for a reader. */
function serverOf(lines) {
  return new Promise((resolve, reject) => {
    lines.on("line", (line) => {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (url !== undefined) resolve(url);
    });
    lines.on("close", () => reject(new Error("the demo ended before it named its server")));
  });
}

async function until(what, holds) {
  for (const end = Date.now() + FIRING_TIMEOUT_S * 1000; Date.now() < end; await sleep(500)) {
    if (await holds()) return;
  }
  throw new Error(`expected ${what} within ${FIRING_TIMEOUT_S} s`);
}

/** The page keeps a stream of events open, so the network never falls silent: the picture is of what has settled. */
async function shoot(browser, address, name, { language = "en", colorScheme = "light", viewport = SIZE }) {
  const page = await browser.newPage({ viewport, colorScheme });
  await page.addInitScript((chosen) => localStorage.setItem("chainwatch.language", chosen), language);
  await page.goto(address);
  await page.waitForSelector("main .card");
  await sleep(2500);
  const path = join(pictures, `${name}.png`);
  await page.screenshot({ path });
  console.log(path);
  await page.close();
}

function richest(traces) {
  const [most] = traces.toSorted((left, right) => right.spans - left.spans);
  if (most === undefined) throw new Error("the demo has stored no trace of the wanted type");
  return most;
}
