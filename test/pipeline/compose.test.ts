import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { AlertsView } from "../../src/alert/alert-view.js";
import type { StatusView } from "../../src/dashboard/api/status-view.js";
import type { BoardFigures } from "../../src/query/board-figures.js";
import type { RequestRecord } from "../../src/store/request-record.js";
import { launchChromium } from "./parts/chromium.js";
import { makeImages } from "./parts/compose-images.js";
import { ComposeProject } from "./parts/compose-project.js";
import { DockerEngine } from "./parts/docker-engine.js";
import { type PanelQuery, panelQueries } from "./parts/grafana-panels.js";
import { RunningParts } from "./parts/running-parts.js";
import { until } from "./parts/until.js";

const parts = new RunningParts();
let engine: DockerEngine;
let project: ComposeProject;
let browser: Browser;
let page: Page;

// Registered after the parts, and so run before they show their logs.
afterEach(({ task }) => (task.result?.state === "fail" ? project?.readLog() : undefined));
afterAll(() => browser?.close());

beforeAll(async () => {
  // Before the demo begins, whose incident is over after a few minutes: a browser may have to be installed first.
  browser = await launchChromium();
  engine = (await parts.keep(DockerEngine.start().then((part) => ({ part })))).part;
  await makeImages(engine);
  project = (await parts.keep(ComposeProject.create(engine).then((part) => ({ part })))).part;
  await project.up();
  page = await browser.newPage();
});

/** The JSON of an address, with what the browser is logged in with. */
async function read<T>(address: string): Promise<T> {
  const answer = await page.request.get(address);
  if (!answer.ok()) throw new Error(`GET ${address} answered ${answer.status()}: ${await answer.text()}`);
  return answer.json();
}

const api = <T>(path: string): Promise<T> => read(`${project.url("PAGE_PORT")}/api/${path}`);

/** The value of each series that an expression in PromQL gives. */
async function prometheus(expression: string): Promise<number[]> {
  const query = `${project.url("PROMETHEUS_PORT")}/api/v1/query?query=${encodeURIComponent(expression)}`;
  const { data } = await read<{ data: { result: { value: [number, string] }[] } }>(query);
  return data.result.map(({ value }) => Number(value[1]));
}

test("the start logs an address that opens the page, once; without it the page's figures are closed", async () => {
  expect((await page.request.get(`${project.url("PAGE_PORT")}/api/status`)).status()).toBe(401);

  const addresses = [...(await project.compose("logs", "chainwatch")).matchAll(/http:\S+\/login#code=\S+/g)];
  expect(addresses).toHaveLength(1);
  const [[address] = [""]] = addresses;
  expect(address).toContain(project.url("PAGE_PORT"));
  await page.goto(address);
  // The board, or the first trace when the page was open before it came.
  await page.getByText("Figures from").or(page.getByText("chainwatch-demo")).first().waitFor();

  const stranger = await browser.newContext();
  const second = await stranger.newPage();
  await second.goto(address);
  await second.getByText(/login address was used/i).waitFor();
  await stranger.close();
});

test("requests are at Chainwatch, and the trace of each is at Jaeger, with tokens and cost", async () => {
  const record = await until("a request with a cost", async () => {
    const { requests } = await api<{ requests: RequestRecord[] }>("requests?outcome=success&limit=100");
    return requests.find(({ cost_usd, tokens }) => (cost_usd ?? 0) > 0 && tokens.total > 0);
  });
  const spans = await until("its trace at Jaeger", async () => {
    const trace = `${project.url("JAEGER_PORT")}/api/traces/${record.trace_id}`;
    const { data } = await read<{ data: { spans: { tags: { key: string; value: unknown }[] }[] }[] }>(trace);
    return data[0]?.spans;
  });
  const sum = (name: string) =>
    spans
      .flatMap(({ tags }) => tags.filter(({ key }) => key === name))
      .reduce((all, { value }) => all + Number(value), 0);
  expect(sum("gen_ai.usage.input_tokens")).toBe(record.tokens.input);
  expect(sum("gen_ai.usage.cost")).toBeCloseTo(record.cost_usd ?? 0, 10);
});

test("metrics are at Prometheus, and the figures of the page come from there", async () => {
  const count = 'sum(histogram_count(chainwatch_request_duration_seconds{service_name="chainwatch-demo"}))';
  await until("requests in Prometheus", async () => ((await prometheus(count))[0] ?? 0) > 10);

  const figures = await until("requests on the page", async () => {
    const { indicators } = await api<BoardFigures>("indicators?window=300");
    const of = (id: string) => indicators.find((figure) => figure.id === id)?.value ?? undefined;
    return of("requests.count") !== undefined && of("response_time.p95") !== undefined && of;
  });
  expect(figures("requests.count")).toBeGreaterThan(5);
  const { points, sources, jaeger_url } = await api<StatusView>("status");
  // The Collector sends it no metrics, so it could not know them by itself.
  expect(points).toBe(0);
  expect(sources.metrics).toContain("http://prometheus:9090");
  expect(jaeger_url).toBe(project.url("JAEGER_PORT"));
});

test("Prometheus scrapes Chainwatch with the token, and the Collector", async () => {
  await until("both scrapes", async () => (await prometheus("up")).join() === "1,1");
  await until("active users", async () => ((await prometheus("chainwatch_users_active"))[0] ?? 0) > 0);
});

test("the records are in the Collector's file of the day", async () => {
  const volume = "chainwatch_collector-data";
  const folder = (await engine.docker(["volume", "inspect", "--format", "{{.Mountpoint}}", volume])).trim();
  const files = await readdir(join(folder, "records"));
  expect(files).toEqual(expect.arrayContaining([expect.stringMatching(/^requests_\d{4}-\d\d-\d\d\.jsonl$/)]));
  expect(await readFile(join(folder, "records", files[0] ?? ""), "utf8")).toContain('"chainwatch.request.id"');
});

test("the demo's incident fires an alert, with a trace", async () => {
  const alert = await until(
    "an alert on the success rate",
    async () =>
      (await api<AlertsView>("alerts")).active.find(({ rule, to }) => /success/.test(rule) && to === "firing"),
    150_000,
  );
  expect(alert.trace_url).toMatch(`${project.url("PAGE_PORT")}/`);
  expect(await project.compose("logs", "chainwatch")).toContain("🚨");
});

test("every panel of Grafana's dashboards has data, but for those of what went wrong", async () => {
  const queries = panelQueries();
  expect(queries.length).toBeGreaterThan(40);
  const [troubles, figures] = [true, false].map((isTrouble) =>
    queries.filter(({ expression }) => expression.includes("chainwatch_telemetry_") === isTrouble),
  ) as [PanelQuery[], PanelQuery[]];
  // An app that gave nothing up has no series of that.
  expect(troubles.length).toBeGreaterThan(0);
  for (const { name, expression } of troubles) expect(await prometheus(expression), name).toEqual([]);
  for (const { name, expression } of figures) {
    await until(`data for ${name}`, async () => (await prometheus(expression)).some(Number.isFinite));
  }
  const services = `${project.url("PROMETHEUS_PORT")}/api/v1/label/service_name/values?match[]=chainwatch_request_duration_seconds`;
  expect((await read<{ data: string[] }>(services)).data).toEqual(["chainwatch-demo"]);
});

test("nothing had to be started twice, every port is on loopback, and no log shows the token", async () => {
  const ids = (await project.compose("ps", "--quiet")).trim().split("\n");
  const containers = JSON.parse(await engine.docker(["inspect", ...ids])) as {
    Name: string;
    RestartCount: number;
    NetworkSettings: { Ports: Record<string, { HostIp: string }[] | null> };
  }[];
  expect(containers).toHaveLength(5);
  for (const { Name, RestartCount, NetworkSettings } of containers) {
    expect(RestartCount, Name).toBe(0);
    for (const bound of Object.values(NetworkSettings.Ports)) {
      for (const { HostIp } of bound ?? []) expect(HostIp, Name).toBe("127.0.0.1");
    }
  }
  const token = (await project.compose("exec", "-T", "chainwatch", "cat", "/run/chainwatch/token")).trim();
  expect(token).toMatch(/^[0-9a-f]{48}$/);
  expect(await project.compose("logs")).not.toContain(token);
});
