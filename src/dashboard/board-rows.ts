import type { BilingualText } from "../indicators/language.js";

/** A figure on the terminal board, under a name that is short because its row says the rest. */
export interface BoardCell {
  indicator: string;
  label: BilingualText;
  /** The label says the unit already. */
  unitInLabel?: true;
}

export interface BoardRow {
  heading: BilingualText;
  cells: readonly BoardCell[];
}

const cell = (indicator: string, en: string, zh: string): BoardCell => ({ indicator, label: { en, zh } });

/** What the terminal board shows, top to bottom. */
export const BOARD_ROWS: readonly BoardRow[] = [
  {
    heading: { en: "Requests", zh: "请求" },
    cells: [
      cell("requests.count", "count", "总数"),
      cell("success_rate", "success", "成功率"),
      { indicator: "requests.rate", label: { en: "QPS", zh: "QPS" }, unitInLabel: true },
      cell("concurrency.current", "running", "进行中"),
    ],
  },
  {
    heading: { en: "Response", zh: "响应时间" },
    cells: [
      cell("response_time.avg", "avg", "平均"),
      cell("response_time.p50", "P50", "P50"),
      cell("response_time.p95", "P95", "P95"),
      cell("response_time.p99", "P99", "P99"),
    ],
  },
  {
    heading: { en: "Tokens", zh: "Token" },
    cells: [
      cell("tokens.input", "in", "输入"),
      cell("tokens.output", "out", "输出"),
      cell("tokens.total", "total", "合计"),
    ],
  },
  {
    heading: { en: "Cost", zh: "成本" },
    cells: [cell("cost.total", "total", "合计"), cell("cost.per_request", "per request", "每请求")],
  },
  {
    heading: { en: "Calls", zh: "调用" },
    cells: [
      cell("llm.calls", "model", "模型"),
      cell("llm.error_rate", "failed", "失败"),
      cell("tools.calls", "tool", "工具"),
      cell("tools.error_rate", "failed", "失败"),
    ],
  },
  { heading: { en: "Users", zh: "用户" }, cells: [cell("users.active", "active", "活跃")] },
];
