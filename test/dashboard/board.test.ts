import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { ActiveAlertView } from "../../src/alert/alert-view.js";
import { renderBoard } from "../../src/dashboard/board.js";
import { displayWidth } from "../../src/dashboard/display-width.js";
import { exampleAlert, NOTHING_FIRING } from "./example-alerts.js";
import { exampleFigures, FIVE_REQUESTS } from "./example-figures.js";

const LARGE = Object.fromEntries(Object.keys(FIVE_REQUESTS).map((id) => [id, 1_234_567_890.123]));
const plain = { width: 80, color: false } as const;
/** The time of day is the terminal's. */
const body = (board: string): string => board.split("\n").slice(1).join("\n");

describe("the board", () => {
  it("shows the figures in Chinese", () => {
    const board = renderBoard(exampleFigures(FIVE_REQUESTS), { ...plain, language: "zh", alerts: NOTHING_FIRING });
    expect(board).toMatch(/^╭─ Chainwatch · 最近 5 分钟 ─+ \d\d:\d\d:\d\d ─╮\n/);
    expect(body(board)).toMatchInlineSnapshot(`
      "│ 请求      总数 5          成功率 100 %    QPS 0.0167      进行中 0           │
      │ 响应时间  平均 0.41 s     P50 0.4 s       P95 0.61 s      P99 0.63 s         │
      │ Token     输入 145        输出 1,045      合计 1,190                         │
      │ 成本      合计 $0.0001    每请求 $0.000021                                   │
      │ 调用      模型 5          失败 0 %        工具 –          失败 –             │
      │ 用户      活跃 3                                                             │
      ├──────────────────────────────────────────────────────────────────────────────┤
      │ ✓ 无告警触发                                                                 │
      ╰──────────────────────────────────────────────────────────────────────────────╯
      "
    `);
  });

  it("shows the figures in English", () => {
    const board = renderBoard(exampleFigures(FIVE_REQUESTS), { ...plain, language: "en", alerts: NOTHING_FIRING });
    expect(board).toMatch(/^╭─ Chainwatch · last 5 minutes ─+ \d\d:\d\d:\d\d ─╮\n/);
    expect(body(board)).toMatchInlineSnapshot(`
      "│ Requests  count 5         success 100 %   QPS 0.0167      running 0          │
      │ Response  avg 0.41 s      P50 0.4 s       P95 0.61 s      P99 0.63 s         │
      │ Tokens    in 145          out 1,045       total 1,190                        │
      │ Cost      total $0.0001   per request $0.000021                              │
      │ Calls     model 5         failed 0 %      tool –          failed –           │
      │ Users     active 3                                                           │
      ├──────────────────────────────────────────────────────────────────────────────┤
      │ ✓ no alerts firing                                                           │
      ╰──────────────────────────────────────────────────────────────────────────────╯
      "
    `);
  });

  it("says so where there is no data", () => {
    const empty = renderBoard(exampleFigures({}), { ...plain, language: "zh" });
    expect(empty.match(/暂无数据/g)).toHaveLength(6);
    const english = renderBoard(exampleFigures({ "requests.count": 0 }), { ...plain, language: "en" });
    expect(english).toMatch(/Requests\s+count 0\s+success –\s+QPS –/);
    expect(english).toMatch(/Response\s+no data/);
    expect(english).not.toContain("100 %");
  });

  const widths = [0, 40, 41, 60, 79, 80, 100, 200];
  const cases = widths.flatMap((width) => (["en", "zh"] as const).map((language) => ({ width, language })));
  it.each(cases)("is a straight box: %j", ({ width, language }) => {
    for (const values of [FIVE_REQUESTS, LARGE, {}]) {
      const active = [exampleAlert({ labels: { service: "checkout-bot", model: "demo-large-0123456789" } })];
      const alerts = { ...NOTHING_FIRING, active };
      const board = renderBoard(exampleFigures(values), { width, language, color: true, alerts });
      const expected = Math.min(Math.max(width, 40), 100);
      for (const line of board.trimEnd().split("\n")) expect([line, displayWidth(line)]).toEqual([line, expected]);
    }
  });

  it("never cuts a figure at 80 columns", () => {
    const board = renderBoard(exampleFigures(LARGE), { ...plain, language: "en" });
    expect(board).toContain("per request $1,234,567,890.12");
    expect(board).not.toContain("…");
  });

  it("has the same text with and without colour", () => {
    const options = { width: 80, language: "zh", alerts: NOTHING_FIRING } as const;
    const coloured = renderBoard(exampleFigures(FIVE_REQUESTS), { ...options, color: true });
    const bare = renderBoard(exampleFigures(FIVE_REQUESTS), { ...options, color: false });
    expect(coloured).not.toBe(bare);
    expect(stripVTControlCharacters(coloured)).toBe(bare);
    expect(stripVTControlCharacters(bare)).toBe(bare);
  });

  it.each([
    [60, "last minute", "最近 1 分钟"],
    [90, "last 90 seconds", "最近 90 秒"],
  ])("names a window of %d s", (windowS, en, zh) => {
    expect(renderBoard(exampleFigures({}, windowS), { ...plain, language: "en" })).toContain(en);
    expect(renderBoard(exampleFigures({}, windowS), { ...plain, language: "zh" })).toContain(zh);
  });
});

describe("the alerts on the board", () => {
  const board = (language: "en" | "zh", ...active: ReturnType<typeof exampleAlert>[]): string =>
    renderBoard(exampleFigures({}), { width: 100, color: false, language, alerts: { ...NOTHING_FIRING, active } });

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
    expect(renderBoard(exampleFigures({}), { ...plain, language: "en", alerts })).toMatch(
      /CRITICAL Very low .*\n│ {4}acknowledged by ann {2}silenced until 2999-01-0\d \d\d:\d\d:\d\d by bob: deploy/,
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
