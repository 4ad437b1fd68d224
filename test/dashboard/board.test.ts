import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ActiveAlertView } from "../../src/alert/alert-view.js";
import { renderBoard } from "../../src/dashboard/board.js";
import type { Board, BoardLists } from "../../src/dashboard/board-reader.js";
import { BOARD_ROWS } from "../../src/dashboard/board-rows.js";
import { displayWidth } from "../../src/dashboard/display-width.js";
import { CATALOGUE } from "../../src/indicators/catalogue.js";
import type { DimensionValues } from "../../src/indicators/dimension.js";
import { exampleAlert, NOTHING_FIRING } from "./example-alerts.js";
import { exampleBoard, exampleSamples, exampleSeries } from "./example-board.js";
import { exampleFigures, FIVE_REQUESTS } from "./example-figures.js";

const LARGE = Object.fromEntries(Object.keys(FIVE_REQUESTS).map((id) => [id, 1_234_567_890.123]));
const plain = { width: 80, color: false } as const;
/** Parts of names that would break a box, or steer a terminal. */
const HOSTILE = [
  ...["\x1b[2J", "\x1b]0;title\x07", "\n", "\r", "\t", "\x9b31m", "\u202e", "\u2028", "\ud800", "\u00ad", "\u200b"],
  ...[
    "成功率",
    "（",
    "ﾊﾝｶｸ",
    "한국",
    "㈱",
    "🚨",
    "⚠️",
    "👩‍💻",
    "🇩🇪",
    "e\u0301",
    "\u0301",
    "\u0600",
    "a",
    "|",
    "│",
    " ",
    "  ",
  ],
];

function expectBox(board: string, width: number): void {
  const expected = Math.min(Math.max(width, 40), 200);
  for (const line of board.trimEnd().split("\n")) expect([line, displayWidth(line)]).toEqual([line, expected]);
}

describe("the board", () => {
  const widths = [60, 80, 120, 200];
  const languages = ["en", "zh"] as const;
  const goldenCases = widths.flatMap((width) =>
    languages.flatMap((language) => [false, true].map((color) => ({ width, language, color }))),
  );
  it.each(goldenCases)("is drawn as it is kept in frames/: %j", async ({ width, language, color }) => {
    const board = renderBoard(exampleBoard(), { width, language, color, service: "checkout-bot", ending: "q quit" });
    // The time of day is the terminal's.
    const text = board.replace(/\d\d:\d\d:\d\d/g, "hh:mm:ss");
    await expect(text).toMatchFileSnapshot(`frames/${width}.${language}${color ? ".color" : ""}.txt`);
  });

  it("says so where there is no data", () => {
    const empty = renderBoard(exampleFigures({}), { ...plain, language: "zh" });
    expect(empty.match(/暂无数据/g)).toHaveLength(8);
    const english = renderBoard(exampleFigures({ "requests.count": 0 }), { ...plain, language: "en" });
    expect(english).toMatch(/Requests\s+count 0\s+success –\s+errors –/);
    expect(english).toMatch(/Response\s+no data/);
    expect(english).not.toContain("100 %");
  });

  it("has every indicator of the catalogue that is one figure and about the app", () => {
    const shown = BOARD_ROWS.flatMap(({ cells }) => cells.map(({ indicator }) => indicator));
    expect(shown.sort()).toEqual(
      CATALOGUE.filter(({ list, group }) => !list && group !== "telemetry")
        .map(({ id }) => id)
        .sort(),
    );
  });

  it("says how a figure stands against an hour earlier, in points where it is a percentage", () => {
    const text = renderBoard(exampleBoard(), { ...plain, language: "en" });
    expect(text).toContain("├─ ↑↓ against an hour earlier ─");
    expect(text).toContain("count 1,234 ↑23%");
    expect(text).toContain("success 71.4 % ↓28pp");
    expect(text).toContain("P95 9.43 s ×10");
    expect(text).toContain("cached 52,480 =");
    // There was no data an hour earlier.
    expect(text).toMatch(/out 8,329 {2}/);
    expect(renderBoard(exampleFigures(FIVE_REQUESTS), { ...plain, language: "en" })).not.toContain("hour earlier");
  });

  const boxes = [0, 40, 41, 60, 79, 80, 100, 139, 140, 200, 500].flatMap((width) =>
    languages.map((language) => ({ width, language })),
  );
  it.each(boxes)("is a straight box: %j", ({ width, language }) => {
    for (const values of [FIVE_REQUESTS, LARGE, {}]) {
      const active = [exampleAlert({ labels: { service: "checkout-bot", model: "demo-large-0123456789" } })];
      const alerts = { ...NOTHING_FIRING, active };
      expectBox(renderBoard({ ...exampleFigures(values), alerts }, { width, language, color: true }), width);
    }
  });

  it("is a straight box of the given lines whatever the names are", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.array(fc.constantFrom(...HOSTILE), { maxLength: 40 }).map((parts) => parts.join("")),
    );
    const amount = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat());
    const entries = fc.array(fc.tuple(text, amount), { maxLength: 12 });
    const size = { width: fc.integer({ min: 1, max: 220 }), height: fc.integer({ min: 3, max: 60 }) };
    fc.assert(
      fc.property(
        text,
        entries,
        amount,
        fc.record(size),
        fc.record({ language: fc.constantFrom(...languages), color: fc.boolean(), ascii: fc.boolean() }),
        (name, list, value, { width, height }, style) => {
          const board: Board = {
            ...exampleBoard({ service: name }),
            source: name,
            indicators: exampleFigures({ ...FIVE_REQUESTS, "cost.total": value }).indicators,
            lists: {
              cost_by_model: exampleSamples(
                "cost.total",
                list.map(([model, cost]) => [{ model }, cost]),
              ),
              top_queries: exampleSamples(
                "queries.top",
                list.map(([query, count]) => [{ query } as DimensionValues, count]),
              ),
            },
            charts: [exampleSeries("cost.total", (at) => list[at]?.[1]), exampleSeries("success_rate", () => value)],
          };
          expectBox(renderBoard(board, { ...style, width, service: name }), width);
          const low = renderBoard(board, { ...style, width, height, service: name });
          expectBox(low, width);
          expect(low.trimEnd().split("\n").length).toBeLessThanOrEqual(height);
          const left = stripVTControlCharacters(low).replaceAll("\n", "");
          expect(left).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("leaves out lists, then charts, then lower rows, where the terminal is low, and never its edges", () => {
    const at = (height: number): string =>
      renderBoard(exampleBoard(), { ...plain, language: "en", height, ending: "q quit" });
    expect(at(60)).toContain("Top queries");
    expect(at(24)).not.toContain("Top queries");
    expect(at(24)).toMatch(/QPS 1\.61 +[▁▂▃▄▅▆▇█]+ /);
    expect(at(24)).toContain("per call");
    expect(at(12)).not.toContain("QPS 1.61");
    expect(at(12)).toContain("Very low success rate");
    expect(at(12)).toMatch(/count 1,234/);
    for (const height of [60, 40, 30, 24, 20, 12, 6, 4]) {
      const lines = at(height).trimEnd().split("\n");
      expect(lines.length).toBeLessThanOrEqual(height);
      expect(lines.at(-1)).toMatch(/^╰─+ q quit ─╯$/);
    }
  });

  it("counts the alerts that have no room", () => {
    const active = Array.from({ length: 30 }, (_, at) => exampleAlert({ id: String(at), labels: { model: `m${at}` } }));
    const board = { ...exampleBoard(), alerts: { ...NOTHING_FIRING, active } };
    const low = renderBoard(board, { ...plain, language: "en", height: 30 });
    const shown = low.match(/CRITICAL/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(0);
    expect(low).toContain(`… and ${30 - shown} more firing`);
    expect(renderBoard(board, { ...plain, language: "zh", height: 24 })).toMatch(/… 另有 \d+ 条告警触发/);
    expect(renderBoard(board, { ...plain, language: "en" }).match(/CRITICAL/g)).toHaveLength(30);
  });

  it("is ASCII throughout where the terminal takes no UTF-8, but keeps the Chinese of a Chinese board", () => {
    for (const width of widths) {
      const board = renderBoard(exampleBoard(), { width, language: "en", color: false, ascii: true });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is ASCII.
      expect(board).toMatch(/^[\x00-\x7f]+$/);
      expect(board).toMatch(/^\+- Chainwatch - last 5 minutes/);
      expect(board).toContain("!! CRITICAL");
      expect(board).toContain("count 1,234 ^23%");
      expectBox(board, width);
      const chinese = renderBoard(exampleBoard(), { width, language: "zh", color: false, ascii: true });
      expect(chinese).toContain("| 请求 ");
      expect(chinese).not.toMatch(/[│█▁↑]/);
      expectBox(chinese, width);
    }
  });

  it("is grey as a whole where its figures are old", () => {
    const old = renderBoard(exampleBoard(), { width: 80, language: "en", color: true, stale: true });
    for (const line of old.trimEnd().split("\n"))
      expect(line.split("\x1b")).toEqual(["", expect.stringMatching(/^\[90m/), "[39m"]);
    const plainText = renderBoard(exampleBoard(), { ...plain, language: "en" });
    expect(stripVTControlCharacters(old)).toBe(plainText);
    expect(renderBoard(exampleBoard(), { ...plain, language: "en", stale: true })).toBe(plainText);
  });

  it("never cuts a figure at 80 columns", () => {
    const board = renderBoard(exampleFigures(LARGE), { ...plain, language: "en" });
    expect(board).toContain("per request $1,234,567,890.12");
    expect(board).not.toContain("…");
  });

  it.each(goldenCases.filter(({ color }) => color))("has the same text with and without colour: %j", (options) => {
    const coloured = renderBoard(exampleBoard(), options);
    const bare = renderBoard(exampleBoard(), { ...options, color: false });
    expect(coloured).not.toBe(bare);
    expect(stripVTControlCharacters(coloured)).toBe(bare);
    expect(stripVTControlCharacters(bare)).toBe(bare);
  });

  it.each([
    [60, "last minute", "最近 1 分钟"],
    [90, "last 90 seconds", "最近 90 秒"],
    [3600, "last hour", "最近 1 小时"],
    [5400, "last 90 minutes", "最近 90 分钟"],
    [172_800, "last 2 days", "最近 2 天"],
  ])("names a window of %d s", (windowS, en, zh) => {
    expect(renderBoard(exampleFigures({}, windowS), { ...plain, language: "en" })).toContain(en);
    expect(renderBoard(exampleFigures({}, windowS), { ...plain, language: "zh" })).toContain(zh);
  });
});

describe("the charts on the board", () => {
  const one = (indicator: string, value: (at: number) => number | undefined, width = 120): string =>
    renderBoard(
      { ...exampleFigures({}), charts: [exampleSeries(indicator, value)] },
      { width, color: false, language: "en" },
    );

  it("have the newest at the right, a gap where there is no data, and the highest value", () => {
    const text = one("cost.total", (at) => (at === 58 ? undefined : at === 59 ? 0.5 : 1));
    expect(text).toMatch(/│ Cost \/ 30s \$0\.5 .* max \$1\.00 │/);
    expect(text).toMatch(/█{58} {3}│\n.*█{58} ▄ │\n.*█{58} █ │/);
  });

  it("show a value of 0 as the lowest bar, which no data is not", () => {
    expect(one("requests.rate", () => 0)).toMatch(/ ▁{60} │/);
    expect(one("requests.rate", () => undefined)).not.toMatch(/[▁▂▃▄▅▆▇█]/);
  });

  it("look closer at a success rate that is never below 90 %", () => {
    expect(one("success_rate", (at) => (at === 59 ? 95 : 100))).toMatch(/│ Success 95 % .* min 95 % │\n.*█{59} {2}│/);
    // From 0: 95 % and 100 % look the same.
    expect(one("success_rate", (at) => (at === 0 ? 50 : at === 59 ? 95 : 100))).toMatch(/█{58}[▇█] │/);
  });

  it("say how far back they look, which is less where the terminal is narrow", () => {
    expect(one("requests.rate", () => 1)).toContain("charts of the last 30m ");
    expect(one("requests.rate", () => 1, 60)).toContain("charts of the last 28m ");
  });

  it("have the highest value of what they show", () => {
    expect(one("requests.rate", (at) => (at === 0 ? 9 : 1), 60)).toContain("max 1 ");
  });
});

describe("the lists on the board", () => {
  const lists = (more: BoardLists, language: "en" | "zh" = "en", height?: number): string =>
    renderBoard({ ...exampleFigures({}), lists: more }, { ...plain, language, ...(height && { height }) });
  const twelve = exampleSamples(
    "requests.by_type",
    Array.from({ length: 12 }, (_, at) => [{ type: `type-${at}` }, at + 1]),
  );

  it("begin with the most, and count what has no room", () => {
    const text = lists({ requests_by_type: twelve });
    expect(text.indexOf("type-11")).toBeLessThan(text.indexOf("type-10"));
    expect(text).toContain("type-3 ");
    expect(text).not.toContain("type-2 ");
    expect(text).toContain("… and 3 more");
    expect(lists({ requests_by_type: twelve }, "zh")).toContain("… 另有 3 项");
  });

  it("say that no query was given where there are requests, else that there is no data", () => {
    const none = exampleSamples("queries.top", []);
    expect(lists({ requests_by_type: twelve, top_queries: none })).toContain("none: withRequest({ query })");
    const empty = exampleSamples("requests.by_type", []);
    expect(lists({ requests_by_type: empty, top_queries: none })).not.toContain("withRequest");
  });

  it("name what has no value of the split", () => {
    expect(lists({ cost_by_model: exampleSamples("cost.total", [[{}, 1]]) })).toMatch(/│ – +\$1\.00/);
  });
});

describe("the alerts on the board", () => {
  const board = (language: "en" | "zh", ...active: ReturnType<typeof exampleAlert>[]): string =>
    renderBoard(
      { ...exampleFigures({}), alerts: { ...NOTHING_FIRING, active } },
      { width: 100, color: false, language },
    );

  it("are said to be none", () => {
    expect(board("zh")).toContain("✓ 无告警触发");
    expect(board("en")).toContain("✓ no alerts firing");
  });

  it("are left out when they are not known", () => {
    expect(renderBoard(exampleFigures({}), { ...plain, language: "en" })).not.toContain("alerts");
  });

  it("name level, rule, indicator, value, threshold and time", () => {
    expect(board("zh", exampleAlert())).toMatch(
      /🚨 CRITICAL 成功率严重低 {2}success_rate 71\.4 % < 90 % {2}始于 \d\d:\d\d:\d\d/,
    );
    expect(board("en", exampleAlert({ labels: { service: "shop" } }))).toMatch(
      /🚨 CRITICAL Very low success rate \{service=shop\} {2}success_rate 71\.4 % < 90 % {2}since \d\d:\d\d:\d\d/,
    );
  });

  it("stand the worst first, and those pending apart", () => {
    const text = board(
      "en",
      exampleAlert({ severity: "warning", rule: "slow-response", indicator: "response_time.avg", unit: "s" }),
      exampleAlert(),
      exampleAlert({ to: "pending", rule: "high-cost" }),
    );
    expect(text.indexOf("🚨 CRITICAL")).toBeLessThan(text.indexOf("⚠️ WARNING"));
    expect(text.match(/CRITICAL|WARNING/g)).toHaveLength(2);
    expect(text).toContain("⏳ 1 pending");
    expect(text).not.toContain("no alerts firing");
  });

  it("say below that somebody takes care of them, and that nobody is told, also where the terminal is narrow", () => {
    const alert: ActiveAlertView = {
      ...exampleAlert({ acknowledged: { author: "ann", at: "2026-11-24T10:32:05.000Z" } }),
      silenced: { id: "1", author: "bob", reason: "deploy", ends_at: "2999-01-01T12:00:00.000Z" },
    };
    const alerts = { ...NOTHING_FIRING, active: [alert] };
    expect(renderBoard({ ...exampleFigures({}), alerts }, { ...plain, language: "en" })).toMatch(
      /CRITICAL Very low .*\n.*\n│ {4}acknowledged by ann {2}silenced until 2999-01-0\d \d\d:\d\d:\d\d by bob: deploy/,
    );
  });

  it("cannot steer the terminal by a label", () => {
    const text = board("en", exampleAlert({ labels: { service: "a\x1b[2Jb\nc" } }));
    expect(text).toContain("service=a");
    expect(text).not.toContain("\x1b");
    expect(text.split("\n")).toHaveLength(board("en", exampleAlert()).split("\n").length);
  });

  it("do without a value when there was no data", () => {
    const { value: _, ...noData } = exampleAlert();
    expect(board("en", noData)).toContain("success_rate – < 90 %");
  });
});
