import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { METRIC_REQUEST_DURATION } from "../../src/instrument/semconv.js";
import { endApp } from "./ending-app.js";
import { OtlpServer } from "./otlp-server.js";

/** Above the limit of a flush on exit, with the time to start and stop a process. */
const PROMPT_MS = 8_000;

let server: OtlpServer;

beforeEach(async () => {
  server = await OtlpServer.start();
});
afterEach(() => server.close());

const requestTypes = (): unknown[] => server.logs.map(({ attributes }) => attributes["chainwatch.request.type"]).sort();

/** Requests by the last point of each series, so that what is counted twice or not at all shows. */
function countedRequests(): number {
  const series = new Map<string, number>();
  for (const { metric, value, attributes, resource } of server.points) {
    if (metric !== METRIC_REQUEST_DURATION || typeof value === "number") continue;
    series.set(JSON.stringify([resource["service.instance.id"], attributes]), value.count);
  }
  return [...series.values()].reduce((sum, count) => sum + count, 0);
}

function expectArrived(...types: string[]): void {
  expect(requestTypes()).toEqual([...types].sort());
  expect(server.uniqueSpans().size).toBe(types.length);
  expect(countedRequests()).toBe(types.length);
}

describe("A process that ends", () => {
  it("because nothing is left to do has sent everything", async () => {
    const { code, tookMs } = await endApp({ way: "ends", endpoint: server.url });
    expect(code).toBe(0);
    expectArrived("one");
    expect(tookMs).toBeLessThan(PROMPT_MS);
  });

  it("after another listener of beforeExit did more work has sent that too", async () => {
    await endApp({ way: "ends-with-work-left", endpoint: server.url });
    expectArrived("one", "two");
  });

  it("by process.exit() says how much was not sent, and what to do", async () => {
    const { code, stderr } = await endApp({ way: "exits-at-once", endpoint: server.url });
    expect(code).toBe(0);
    expect(server.logs).toEqual([]);
    expect(stderr).toContain("the process ends with 2 spans and records that were not sent: await flush()");
  });

  it("with a stream that it broke off tells of that request as abandoned", async () => {
    await endApp({ way: "breaks-a-stream", endpoint: server.url });
    expect(server.logs.map(({ attributes }) => attributes.outcome)).toEqual(["abandoned"]);
    expect(countedRequests()).toBe(1);
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "by %s that only we listen to has sent everything and ends by it",
    async (signal) => {
      const ending = await endApp({ way: "waits", endpoint: server.url, signal });
      expect(ending).toMatchObject({ code: null, signal });
      expectArrived("one");
    },
  );

  it.each(["listens-after", "listens-once-before"])(
    "in its own time when it listens to SIGTERM itself (%s)",
    async (way) => {
      const ending = await endApp({ way, endpoint: server.url, signal: "SIGTERM" });
      expect(ending).toMatchObject({ code: 0, signal: null, stdout: "ready\napp-ended\n" });
      expect(ending.tookMs).toBeGreaterThan(1_100);
      expectArrived("one", "during-shutdown", "last");
    },
  );

  it("by an uncaught error ends as it would without us", async () => {
    const { code, stderr } = await endApp({ way: "crashes", endpoint: server.url });
    expect(code).toBe(1);
    expect(stderr).toContain("Error: of the app");
    expect(stderr).toContain("that were not sent: an uncaught error ended it.");
  });
});

describe("A process that ends while the receiver is down", () => {
  it("is not held, and says what was lost", async () => {
    await server.close();
    const { code, stderr, tookMs } = await endApp({ way: "ends", endpoint: server.url });
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(4_000);
    expect(stderr.match(/cannot send to/g)).toHaveLength(1);
    expect(stderr).toContain("chainwatch: the process ends with 2 spans and records that could not be sent.");
  });

  it("ends by SIGTERM at once", async () => {
    await server.close();
    const ending = await endApp({ way: "waits", endpoint: server.url, signal: "SIGTERM" });
    expect(ending).toMatchObject({ code: null, signal: "SIGTERM" });
    expect(ending.tookMs).toBeLessThan(3_000);
  });
});

describe("A process that ends while the receiver takes connections and never answers", () => {
  let silent: Server;
  let endpoint: string;
  const sockets = new Set<Socket>();

  beforeEach(async () => {
    silent = createServer((socket) => sockets.add(socket.on("error", () => undefined)));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  it("is held for five seconds at most", async () => {
    const { code, tookMs, stderr } = await endApp({ way: "ends", endpoint });
    expect(code).toBe(0);
    expect(tookMs).toBeGreaterThan(4_500);
    expect(tookMs).toBeLessThan(PROMPT_MS);
    expect(stderr).toContain("2 spans and records that could not be sent");
  });

  it("ends by a second SIGINT at once", async () => {
    const ending = await endApp({ way: "waits", endpoint, signal: "SIGINT", signals: 2 });
    expect(ending).toMatchObject({ code: null, signal: "SIGINT" });
    expect(ending.tookMs).toBeLessThan(3_000);
  });
});

describe("A worker thread", () => {
  it("that ends has sent everything", async () => {
    expect((await endApp({ way: "worker-ends", endpoint: server.url })).code).toBe(0);
    expectArrived("in-worker");
  });

  it("that is terminated had sent everything a second after it happened", async () => {
    expect((await endApp({ way: "worker-is-terminated", endpoint: server.url })).code).toBe(0);
    expectArrived("in-worker");
  });
});
