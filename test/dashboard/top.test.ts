import { EventEmitter } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type BoardReader, NoBoard } from "../../src/dashboard/board-reader.js";
import { displayWidth } from "../../src/dashboard/display-width.js";
import { ServerBoard, type ServerBoardOptions } from "../../src/dashboard/server-board.js";
import { SourceBoard } from "../../src/dashboard/source-board.js";
import { runTop, type TopOptions } from "../../src/dashboard/top.js";
import { findIndicator } from "../../src/indicators/catalogue.js";
import type { IndicatorQuery } from "../../src/query/metric-source.js";
import { QueryError } from "../../src/query/query-error.js";
import type { SeriesSource } from "../../src/query/series-source.js";
import { Secret } from "../../src/receive/secret.js";
import { exampleAlert, NOTHING_FIRING } from "./example-alerts.js";
import { exampleSamples, exampleSeries } from "./example-board.js";
import { exampleFigures, FIVE_REQUESTS } from "./example-figures.js";

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Answers like a Chainwatch server; what it answers can be changed while it runs. */
async function startServer(port = 0) {
  const state = {
    figures: exampleFigures(FIVE_REQUESTS) as object,
    alerts: NOTHING_FIRING as object,
    status: 200,
    /** Answers of 400, by the path. */
    refused: [] as string[],
    oldest: "2026-01-01T00:00:00.000Z" as string | undefined,
    asked: [] as string[],
    authorization: undefined as string | undefined,
  };
  const answerTo = (path: string): object => {
    if (path === "/api/alerts") return state.alerts;
    if (path === "/api/status") return { services: [], ...(state.oldest !== undefined && { oldest: state.oldest }) };
    const [, id = "", series] = /^\/api\/indicators\/([^/]+)(\/series)?$/.exec(path) ?? [];
    if (id === "") return state.figures;
    if (series) return exampleSeries(id, (at) => at);
    return exampleSamples(id, [[{ type: "chat" }, 3]]);
  };
  const server: Server = createServer((request, response) => {
    state.asked.push(request.url ?? "");
    state.authorization = request.headers.authorization;
    const path = request.url?.split("?", 1)[0] ?? "";
    const status = state.refused.includes(path) ? 400 : state.status;
    response.writeHead(status, { "content-type": "application/json" });
    const answer = status === 200 ? answerTo(path) : { error: { message: "no such thing" } };
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  stops.push(stop);
  return { state, url: `http://127.0.0.1:${address.port}`, port: address.port, stop };
}

/** A port that nothing listens on. */
async function freePort(): Promise<number> {
  const { port, stop } = await startServer();
  await stop();
  return port;
}

function terminal(isTTY: boolean, { columns = 80, rows = 40 } = {}) {
  let written = "";
  const events = new EventEmitter();
  return {
    isTTY,
    columns,
    rows,
    on: (event: string, listener: () => void) => events.on(event, listener),
    off: (event: string, listener: () => void) => events.off(event, listener),
    resize(to: number) {
      this.columns = to;
      events.emit("resize");
    },
    write: (text: string) => {
      written += text;
    },
    get written() {
      return written;
    },
    /** What the newest frame shows. */
    get frame() {
      return stripVTControlCharacters(written.slice(written.lastIndexOf("\x1b[H")));
    },
  };
}

type Asked = Partial<Omit<TopOptions, "from"> & ServerBoardOptions> & Pick<TopOptions, "out"> & { from?: BoardReader };

function options({ url = "", windowS = 300, service, token, from, ...more }: Asked): TopOptions {
  const signal = new AbortController().signal;
  const server = new ServerBoard({ url, ...(token && { token }), ...(service && { service }) });
  const of = service === undefined ? {} : { service };
  return { from: from ?? server, windowS, ...of, language: "en", once: false, json: false, signal, env: {}, ...more };
}

/** Reads again at once, or nearly: tests need not wait as people do. */
class QuickBoard extends ServerBoard {
  override readonly everyMs = 100;
}

/** Starts the live board; it is stopped after the test. */
function startLive(more: Asked) {
  const abort = new AbortController();
  const from = new QuickBoard({ url: more.url ?? "" });
  const done = runTop(options({ from, ...more, signal: abort.signal }));
  const stop = async (): Promise<void> => {
    abort.abort();
    await done;
  };
  stops.push(stop);
  return { stop };
}

const soon = { timeout: 8_000, interval: 20 };

describe("one frame", () => {
  it("is what a pipe gets, without control characters", async () => {
    const { url, state } = await startServer();
    const out = terminal(false);
    await runTop(options({ url: `${url}/`, out }));

    expect(out.written).toMatch(/^╭─ Chainwatch · last 5 minutes/);
    expect(out.written).toContain("avg 0.41 s");
    expect(out.written).toContain("✓ no alerts firing");
    expect(out.written).toBe(stripVTControlCharacters(out.written));
    expect(state.asked.sort()).toEqual([
      "/api/alerts",
      "/api/indicators/cost.total/series?step=60&points=60",
      "/api/indicators/cost.total?window=300&by=model",
      "/api/indicators/queries.top?window=300",
      "/api/indicators/requests.by_type?window=300",
      "/api/indicators/requests.rate/series?step=60&points=60",
      "/api/indicators/response_time.p95/series?step=60&points=60",
      "/api/indicators/success_rate/series?step=60&points=60",
      "/api/indicators?window=300&compare=hour",
      "/api/status",
    ]);
  });

  it("is what a terminal gets with `once`, coloured unless NO_COLOR is set", async () => {
    const { url } = await startServer();
    const coloured = terminal(true);
    await runTop(options({ url, out: coloured, once: true }));
    const bare = terminal(true);
    await runTop(options({ url, out: bare, once: true, env: { NO_COLOR: "1" } }));

    expect(coloured.written).toContain("\x1b[1m");
    expect(bare.written).toBe(stripVTControlCharacters(coloured.written));
  });

  it("is one JSON object with `json`", async () => {
    const { url, state } = await startServer();
    state.alerts = { ...NOTHING_FIRING, active: [exampleAlert()] };
    const out = terminal(true);
    await runTop(options({ url, out, json: true }));

    const board = JSON.parse(out.written);
    expect(board).toMatchObject({ window_s: 300, alerts: { active: [{ rule: "very-low-success-rate" }] } });
    expect(board.indicators).toContainEqual(expect.objectContaining({ id: "requests.count", value: 5 }));
    expect(board.charts.map(({ indicator }: { indicator: string }) => indicator)).toEqual([
      "requests.rate",
      "response_time.p95",
      "success_rate",
      "cost.total",
    ]);
    expect(board.lists.requests_by_type).toMatchObject({ samples: [{ labels: { type: "chat" }, value: 3 }] });
    expect(out.written.trimEnd()).not.toContain("\n");
  });

  it("asks for the window, with the token", async () => {
    const { url, state } = await startServer();
    await runTop(options({ url, out: terminal(false), windowS: 60, token: new Secret("s3cret") }));
    expect(state.asked).toContain("/api/indicators?window=60&compare=hour");
    expect(state.authorization).toBe("Bearer s3cret");
  });

  it("is of one service, but for the alerts, and its title says so", async () => {
    const { url, state } = await startServer();
    const out = terminal(false);
    await runTop(options({ url, out, service: "a&b" }));
    expect(out.written).toMatch(/^╭─ Chainwatch · last 5 minutes · a&b ─/);
    for (const path of state.asked.filter((each) => each.startsWith("/api/indicators"))) {
      expect(new URL(path, url).searchParams.get("where.service"), path).toBe("a&b");
    }
    expect(state.asked).toContain("/api/alerts");
  });

  it("looks closer on its charts while the server is young, and as far back as a long window", async () => {
    const { url, state } = await startServer();
    const steps = async (windowS: number): Promise<string[]> => {
      state.asked.length = 0;
      await runTop(options({ url, out: terminal(false), windowS }));
      return state.asked.flatMap((path) => /series\?step=(\d+)/.exec(path)?.[1] ?? []);
    };
    expect(new Set(await steps(86_400))).toEqual(new Set(["1800"]));
    expect(new Set(await steps(5400))).toEqual(new Set(["120"]));
    state.oldest = new Date().toISOString();
    expect(new Set(await steps(300))).toEqual(new Set(["10"]));
  });

  it("leaves out what the server cannot answer over this window, and keeps the rest", async () => {
    const { url, state } = await startServer();
    state.refused = ["/api/indicators/queries.top", "/api/indicators/cost.total/series"];
    const out = terminal(false);
    await runTop(options({ url, out }));
    expect(out.written).toContain("count 5");
    expect(out.written).toContain("Request types");
    expect(out.written).not.toContain("Top queries");
    expect(out.written).not.toContain("Cost / 30s");
  });

  it("is as wide as COLUMNS says where the output has no width, and ASCII where the locale is", async () => {
    const { url } = await startServer();
    const pipe = { ...terminal(false), columns: 0 };
    let written = "";
    const out = { ...pipe, write: (text: string) => (written += text) };
    await runTop(options({ url, out, env: { COLUMNS: "120", LANG: "C" } }));
    const lines = written.trimEnd().split("\n");
    expect(new Set(lines.map(displayWidth))).toEqual(new Set([120]));
    expect(lines[0]).toMatch(/^\+- Chainwatch - last 5 minutes/);
  });

  it("is refused with the reason when nothing listens", async () => {
    const answer = runTop(options({ url: `http://127.0.0.1:${await freePort()}`, out: terminal(false) }));
    await expect(answer).rejects.toBeInstanceOf(NoBoard);
    await expect(answer).rejects.toMatchObject({
      text: { en: "nothing listens there", zh: "那里没有程序在监听" },
      cure: { en: 'start "chainwatch serve" or correct --url' },
    });
  });

  it("is refused with the reason when the server is another one, or refuses", async () => {
    const { url, state } = await startServer();
    const reason = async (): Promise<string> => {
      const error = await runTop(options({ url, out: terminal(false) })).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(NoBoard);
      return (error as NoBoard).text.en;
    };
    state.figures = { hello: "world" };
    expect(await reason()).toBe("what answers there is no Chainwatch server");
    state.status = 404;
    expect(await reason()).toMatch(/answered 404: "no such thing"$/);
    state.status = 401;
    expect(await reason()).toBe("it answered 401: it asks for its token");
  });
});

describe("the live board", () => {
  it("is drawn over itself with new figures, and gives the terminal back", async () => {
    const { url, state } = await startServer();
    const out = terminal(true);
    const { stop } = startLive({ url, out });
    await vi.waitFor(() => expect(out.frame).toContain("count 5"), soon);
    state.figures = exampleFigures({ ...FIVE_REQUESTS, "requests.count": 6 });
    await vi.waitFor(() => expect(out.frame).toContain("count 6"), soon);
    await stop();

    expect(out.written.startsWith("\x1b[?1049h\x1b[?25l")).toBe(true);
    expect(out.written.endsWith("\x1b[?25h\x1b[?1049l")).toBe(true);
  });

  it("never draws more lines than the terminal has", async () => {
    const { url } = await startServer();
    const out = terminal(true, { rows: 4 });
    startLive({ url, out });
    await vi.waitFor(() => expect(out.written).toContain("Chainwatch"), soon);
    expect(out.written.split("\r\n")).toHaveLength(4);
  });

  it("draws on a terminal that does not know its size", async () => {
    const { url } = await startServer();
    const out = terminal(true, { columns: 0, rows: 0 });
    startLive({ url, out });
    await vi.waitFor(() => expect(out.frame).toContain("P99 0.63 s"), soon);
    expect(out.frame).toMatch(/│ Requests.{68} │/);
  });

  it("outlives its server: says so, keeps the figures, and goes on when it is back", async () => {
    const first = await startServer();
    const out = terminal(true);
    startLive({ url: first.url, out });
    await vi.waitFor(() => expect(out.frame).toContain("count 5"), soon);

    await first.stop();
    await vi.waitFor(
      () => expect(out.frame).toMatch(/✗ nothing listens there, since \d\d:\d\d:\d\d \(http\S+\)/),
      soon,
    );
    expect(out.frame).toContain("count 5");
    expect(out.frame).toMatch(/The figures are from \d\d:\d\d:\d\d/);
    expect(out.written.slice(out.written.lastIndexOf("\x1b[H"))).toContain("\x1b[90m│ Requests ");

    const second = await startServer(first.port);
    second.state.figures = exampleFigures({ ...FIVE_REQUESTS, "requests.count": 9 });
    await vi.waitFor(() => expect(out.frame).toContain("count 9"), soon);
    expect(out.frame).not.toContain("✗");
  });

  it("asks for figures and alerts each time, and seldom for charts and lists", async () => {
    const { url, state } = await startServer();
    const out = terminal(true);
    startLive({ from: Object.assign(new ServerBoard({ url }), { everyMs: 10 }), out });
    const asked = (part: string): number => state.asked.filter((path) => path.includes(part)).length;
    await vi.waitFor(() => expect(asked("compare=hour")).toBeGreaterThan(8), soon);
    expect(asked("/api/alerts")).toBeGreaterThan(7);
    expect(asked("/series")).toBe(4);
    expect(asked("queries.top")).toBe(1);
    expect(out.frame).toContain("Request types");
  });

  it("says that its server is gone on a terminal that is too low for both", async () => {
    const { url, state } = await startServer();
    const out = terminal(true, { rows: 6 });
    startLive({ url, out });
    await vi.waitFor(() => expect(out.frame).toContain("count 5"), soon);
    state.status = 503;
    await vi.waitFor(() => expect(out.frame).toContain("✗ "), soon);
    expect(out.frame.split("\r\n").length).toBeLessThanOrEqual(6);
    expect(out.frame).toContain("Trying every 0.1 s");
  });

  it("waits for a server that is not there yet", async () => {
    const port = await freePort();
    const out = terminal(true);
    startLive({ url: `http://127.0.0.1:${port}`, out, language: "zh" });
    await vi.waitFor(() => expect(out.frame).toContain("chainwatch serve"), soon);
    expect(out.frame).toContain("✗ 那里没有程序在监听（");
    await startServer(port);
    await vi.waitFor(() => expect(out.frame).toContain("总数 5"), soon);
  });

  it("is quit with q and with Ctrl-C, as its edge says, and gives the keyboard back", async () => {
    const { url } = await startServer();
    for (const key of ["q", "\x03"]) {
      const keys = Object.assign(new PassThrough(), { isTTY: true, raw: [] as boolean[] });
      const setRawMode = (raw: boolean) => keys.raw.push(raw);
      const out = terminal(true);
      const done = runTop(options({ url, out, keys: Object.assign(keys, { setRawMode }) }));
      await vi.waitFor(() => expect(out.frame).toMatch(/╰─+ w window .* q quit ─╯/), soon);
      keys.write("x");
      keys.write(key);
      await done;
      expect(keys.raw).toEqual([true, false]);
      expect([keys.isPaused(), keys.listenerCount("data")]).toEqual([true, 0]);
      expect(out.written.endsWith("\x1b[?25h\x1b[?1049l")).toBe(true);
    }
  });

  it("says the reason whole on a terminal of 80 columns", async () => {
    const { url, state } = await startServer();
    const out = terminal(true);
    startLive({ url, out });
    await vi.waitFor(() => expect(out.frame).toContain("count 5"), soon);
    state.status = 503;
    await vi.waitFor(() => expect(out.frame).toContain("✗"), soon);
    const trouble = out.frame.slice(out.frame.indexOf("✗"));
    expect(trouble).toMatch(/^✗ \S+ answered 503: "no such thing", since \d\d:\d\d:\d\d\s/);
    expect(trouble).toContain(`(${url})`);
    for (const line of out.frame.split("\r\n")) expect(displayWidth(line)).toBeLessThanOrEqual(80);
  });

  it("stops while a request hangs", async () => {
    const hanging = createServer(() => {});
    await new Promise<void>((resolve) => hanging.listen(0, "127.0.0.1", resolve));
    stops.push(() => {
      hanging.closeAllConnections();
      hanging.close();
    });
    const out = terminal(true);
    const connected = new Promise((resolve) => hanging.once("request", resolve));
    const { stop } = startLive({ url: `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`, out });
    await connected;
    await stop();
    expect(out.written.endsWith("\x1b[?25h\x1b[?1049l")).toBe(true);
  });
});

describe("keys on the live board", () => {
  function typing(url: string, more: Partial<TopOptions> = {}) {
    const keys = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
    const out = terminal(true);
    startLive({ url, out, keys, ...more });
    return { keys, out };
  }

  it("change the window, and the figures are asked anew at once", async () => {
    const { url, state } = await startServer();
    const asked = (windowS: number): boolean => state.asked.includes(`/api/indicators?window=${windowS}&compare=hour`);
    // Far less often than the test waits for.
    const from = Object.assign(new ServerBoard({ url }), { everyMs: 600_000 });
    const { keys, out } = typing(url, { from, windowS: 600 });
    await vi.waitFor(() => expect(out.frame).toContain("count 5"), soon);
    state.figures = exampleFigures(FIVE_REQUESTS, 900);
    keys.write("w");
    await vi.waitFor(() => expect(out.frame).toContain("last 15 minutes"), soon);
    expect(state.asked).toContain("/api/indicators/requests.by_type?window=900");
    keys.write("W");
    keys.write("W");
    await vi.waitFor(() => expect(asked(300)).toBe(true), soon);
    // After the shortest comes the longest.
    keys.write("W");
    await vi.waitFor(() => expect(asked(86_400)).toBe(true), soon);
    keys.write("w");
    keys.write("w");
    await vi.waitFor(() => expect(state.asked.filter((path) => path.includes("window=600&c")).length).toBe(2), soon);
  });

  it("change the language, and open and close the help", async () => {
    const { url } = await startServer();
    const { keys, out } = typing(url);
    await vi.waitFor(() => expect(out.frame).toContain("count 5"), soon);
    keys.write("l");
    await vi.waitFor(() => expect(out.frame).toContain("总数 5"), soon);
    keys.write("?");
    await vi.waitFor(() => expect(out.frame).toContain("更长、更短的时间窗口"), soon);
    expect(out.frame).not.toContain("总数 5");
    keys.write("\x1b[A");
    await vi.waitFor(() => expect(out.frame).toContain("总数 5"), soon);
    keys.write("h");
    await vi.waitFor(() => expect(out.frame).toContain("按任意键返回"), soon);
    keys.write("l");
    await vi.waitFor(() => expect(out.frame).toContain("count 5"), soon);
    expect(out.frame).toContain("w window · l 中文 · ? help · q quit");
  });

  it("are not needed for another size of the terminal", async () => {
    const { url } = await startServer();
    const { out } = typing(url);
    await vi.waitFor(() => expect(out.frame).toContain("count 5"), soon);
    out.resize(60);
    expect(displayWidth(out.frame.split("\r\n")[1] ?? "")).toBe(60);
  });
});

describe("the board of a metrics backend", () => {
  /** Knows what metrics know, as every backend does; what it answers can be changed. */
  function backend(service?: string) {
    const asked: IndicatorQuery[] = [];
    const state = { asked, down: false, count: 5 };
    const source: SeriesSource = {
      name: "prometheus http://prom:9090",
      async query(question) {
        asked.push(question);
        if (state.down) throw new QueryError("source_failed", "connection refused");
        if (findIndicator(question.indicator)?.metricQuestion === undefined) {
          throw new QueryError("unsupported_dimension", "only request records can answer this");
        }
        if (question.indicator.startsWith("ttft")) return [];
        const value = question.indicator === "requests.count" ? state.count : 1;
        return [{ labels: {}, value, count: 1 }];
      },
      async querySeries(question, { toMs }) {
        return [
          {
            labels: {},
            points: (await this.query({ ...question, atMs: toMs })).map((one) => ({ ...one, atMs: toMs })),
          },
        ];
      },
    };
    return { state, from: new SourceBoard(source, service) };
  }

  it("has the figures of metrics, says where they come from, and where alerts are", async () => {
    const { from, state } = backend();
    const out = terminal(false);
    await runTop(options({ from, out, windowS: 600 }));
    expect(out.written).toContain("last 10 minutes");
    expect(out.written).toContain("count 5");
    expect(out.written).toContain("│ from prometheus http://prom:9090 ");
    expect(out.written).toMatch(/alerts: chainwatch serve has them/);
    expect(out.written).not.toContain("no alerts firing");
    expect(out.written).not.toContain("Users");
    expect(out.written).not.toContain("Top queries");
    // The figures now and an hour earlier, and the charts in steps.
    expect(new Set(state.asked.map(({ windowS }) => windowS))).toEqual(new Set([600, 60]));
    expect(out.written).toContain("count 5 =");
    expect(state.asked).toContainEqual(expect.objectContaining({ indicator: "requests.count", by: ["type"] }));

    const zh = terminal(false);
    await runTop(options({ from, out: zh, language: "zh" }));
    expect(zh.written).toContain("来自 prometheus http://prom:9090");
  });

  it("asks for the one service everywhere", async () => {
    const { from, state } = backend("shop");
    await runTop(options({ from, out: terminal(false), service: "shop" }));
    expect(state.asked.length).toBeGreaterThan(50);
    for (const question of state.asked) expect(question.where).toEqual({ service: "shop" });
  });

  it("leaves out, as JSON too, what only request records know, and keeps what has no data", async () => {
    const { from } = backend();
    const out = terminal(true);
    await runTop(options({ from, out, json: true, windowS: 600 }));
    const board = JSON.parse(out.written);
    expect(board).toMatchObject({ window_s: 600, source: "prometheus http://prom:9090" });
    expect(board).not.toHaveProperty("alerts");
    const ids = board.indicators.map(({ id }: { id: string }) => id);
    expect(ids).not.toContain("users.active");
    expect(ids).toContain("ttft.p50");
    expect(board.indicators.find(({ id }: { id: string }) => id === "ttft.p50")).not.toHaveProperty("value");
  });

  it("outlives its backend", async () => {
    const { from, state } = backend();
    state.down = true;
    await expect(runTop(options({ from, out: terminal(false) }))).rejects.toBeInstanceOf(NoBoard);

    const out = terminal(true);
    // Asked as often as a server, so that the test need not wait.
    startLive({ from: Object.assign(from, { everyMs: 50 }), out });
    await vi.waitFor(() => expect(out.frame).toContain("✗ connection refused, since "), soon);
    expect(out.frame).toContain("(prometheus http://prom:9090)");
    state.down = false;
    await vi.waitFor(() => expect(out.frame).toContain("count 5"), soon);
    state.down = true;
    await vi.waitFor(() => expect(out.frame).toContain("connection refused"), soon);
    expect(out.frame).toContain("count 5");
  });
});
