import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { requestDurationsBody, requestRecordBody } from "../server/example-telemetry.js";
import { startChainwatchServer } from "./parts/chainwatch-server.js";
import { COLLECTOR_CONFIG, startCollector } from "./parts/collector.js";
import { postOtlp } from "./parts/otlp-post.js";
import { RunningParts } from "./parts/running-parts.js";
import { until } from "./parts/until.js";
import { startVictoriaMetrics } from "./parts/victoria-metrics.js";

const parts = new RunningParts();

it("with one line changed, metrics go to VictoriaMetrics", async () => {
  const metrics = await parts.keep(startVictoriaMetrics(await parts.folder()));
  const folder = await parts.folder();
  const config = join(folder, "collector.yaml");
  const shipped = await readFile(COLLECTOR_CONFIG, "utf8");
  // What the comment says: the line that is commented out, in place of Prometheus' one.
  const changed = shipped
    .replace(/^ +endpoint: \$\{env:PROMETHEUS_ENDPOINT.*\n/m, "")
    .replace("# endpoint: http://victoria-metrics:8428/", `endpoint: ${metrics.url}/`);
  expect(changed.split("\n")).toHaveLength(shipped.split("\n").length - 1);
  await writeFile(config, changed);
  const collector = await parts.keep(startCollector(folder, { config }));
  const cumulative = requestDurationsBody({ success: 5 }).replace(
    '"aggregationTemporality":1',
    '"aggregationTemporality":2',
  );
  await postOtlp(`${collector.url}/v1/metrics`, cumulative);
  const query = encodeURIComponent('{__name__=~"chainwatch.request.duration.*count"}');
  const series = await until("the measurement", async () => {
    // VictoriaMetrics hides the newest points from queries, not from this.
    const answer = await fetch(`${metrics.url}/api/v1/export?match[]=${query}`);
    const text = await answer.text();
    return text !== "" && (JSON.parse(text) as { values: number[] });
  });
  expect(series.values).toEqual([5]);
});

const NEW_TOKEN = "the-second-token-of-the-test";

it("Chainwatch's token is read from a file, and again when the file changes", async () => {
  const token = "the-first-token-of-the-test";
  const folder = await parts.folder();
  const chainwatch = await parts.keep(startChainwatchServer(folder, { env: { CHAINWATCH_TOKEN: token } }));
  const collector = await parts.keep(startCollector(await parts.folder(), { chainwatch: chainwatch.url, token }));
  const send = (requestId: string): Promise<void> =>
    postOtlp(
      `${collector.url}/v1/logs`,
      requestRecordBody({ requestId, traceId: "a".repeat(32), userId: "u", outcome: "success", durationS: 1 }),
    );
  const stored = (server: { url: string }, bearer: string, requestId: string): Promise<true> =>
    until(requestId, async () => {
      const answer = await fetch(`${server.url}/api/requests`, { headers: { authorization: `Bearer ${bearer}` } });
      return (await answer.text()).includes(`"${requestId}"`) as true;
    });
  await send("with-the-first");
  await stored(chainwatch, token, "with-the-first");

  await chainwatch.part.kill();
  const env = { CHAINWATCH_TOKEN: NEW_TOKEN };
  const again = await parts.keep(startChainwatchServer(folder, { env, port: chainwatch.port }));
  const reads = (): number => collector.part.log.split("refresh token").length;
  const before = reads();
  // As a program that replaces a file does.
  await writeFile(`${collector.tokenFile}.new`, NEW_TOKEN);
  await rename(`${collector.tokenFile}.new`, collector.tokenFile);
  await until("the Collector to read it", () => reads() > before);
  await send("with-the-second");
  await stored(again, NEW_TOKEN, "with-the-second");
});
