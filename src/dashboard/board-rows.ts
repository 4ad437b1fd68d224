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
const bareCell = (indicator: string, en: string, zh: string): BoardCell => ({
  ...cell(indicator, en, zh),
  unitInLabel: true,
});

/** The figures of the terminal board. A terminal that is too low for all loses the last. */
export const BOARD_ROWS: readonly BoardRow[] = [
  {
    heading: { en: "Requests", zh: "请求" },
    cells: [
      cell("requests.count", "count", "总数"),
      cell("success_rate", "success", "成功"),
      cell("error_rate", "errors", "错误"),
      cell("timeout_rate", "timeouts", "超时"),
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
    heading: { en: "1st token", zh: "首字时间" },
    cells: [cell("ttft.p50", "P50", "P50"), cell("ttft.p95", "P95", "P95")],
  },
  {
    heading: { en: "Load", zh: "负载" },
    cells: [
      bareCell("requests.rate", "QPS", "QPS"),
      bareCell("requests.rate_peak", "QPS peak", "QPS 峰值"),
      cell("concurrency.current", "running", "并发"),
      cell("concurrency.peak", "running peak", "并发峰值"),
      cell("users.active", "users", "活跃用户"),
    ],
  },
  {
    heading: { en: "Models", zh: "模型" },
    cells: [
      cell("llm.calls", "calls", "调用"),
      cell("llm.time", "time", "耗时"),
      cell("llm.error_rate", "failed", "失败"),
      cell("llm.retries", "retries", "重试"),
    ],
  },
  {
    heading: { en: "Cost", zh: "成本" },
    cells: [
      cell("cost.total", "total", "合计"),
      cell("cost.per_request", "per request", "每请求"),
      cell("cost.per_call", "per call", "每次调用"),
    ],
  },
  {
    heading: { en: "Tokens", zh: "Token" },
    cells: [
      cell("tokens.input", "in", "输入"),
      cell("tokens.output", "out", "输出"),
      cell("tokens.total", "total", "合计"),
      cell("tokens.per_request", "per request", "每请求"),
      cell("tokens.cached", "cached", "缓存"),
      cell("tokens.reasoning", "reasoning", "推理"),
    ],
  },
  {
    heading: { en: "Tools", zh: "工具" },
    cells: [cell("tools.calls", "calls", "调用"), cell("tools.error_rate", "failed", "失败")],
  },
];
