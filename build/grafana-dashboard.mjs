// Writes grafana/dashboards/*.json, a dashboard in each language: the indicators of the catalogue, as PromQL for the
// Prometheus of docker-compose.yml. Needs a built dist/. `--print` writes to standard output instead, for the test
// that the files are fresh.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findIndicator } from "../dist/esm/indicators/catalogue.js";
import { compilePromQl } from "../dist/esm/query/prometheus/compile-promql.js";
import { PROMETHEUS_DIALECT } from "../dist/esm/query/prometheus/promql-dialect.js";
import { dimensionLabel } from "../dist/esm/query/prometheus/promql-selector.js";

const folder = fileURLToPath(new URL("../grafana/dashboards", import.meta.url));

const COLUMNS = 24;
const FIGURE = { width: 3, height: 4 };
const CHART = { width: 8, height: 8 };

const FIGURES = [
  "requests.count",
  "success_rate",
  "response_time.avg",
  "response_time.p95",
  "cost.total",
  "tokens.total",
  "llm.calls",
  "users.active",
];

/** A title where one chart shows several indicators; `by` splits the one. */
const CHARTS = [
  { indicators: ["requests.rate"], by: "type" },
  {
    title: { en: "Outcomes", zh: "请求结果" },
    indicators: ["success_rate", "error_rate", "timeout_rate"],
  },
  {
    title: { en: "Response time", zh: "响应时间" },
    indicators: ["response_time.avg", "response_time.p50", "response_time.p95", "response_time.p99"],
  },
  { indicators: ["response_time.p95"], by: "type" },
  { indicators: ["response_time.p95"], by: "release" },
  { title: { en: "Concurrency", zh: "并发" }, indicators: ["concurrency.current", "concurrency.peak"] },
  { title: { en: "Time to first token", zh: "首字时间" }, indicators: ["ttft.p50", "ttft.p95"] },
  { indicators: ["llm.calls"], by: "model" },
  { indicators: ["llm.error_rate"], by: "model" },
  { indicators: ["llm.time"], by: "model" },
  { indicators: ["llm.retries"] },
  {
    title: { en: "Tokens by kind", zh: "各类 token" },
    indicators: ["tokens.input", "tokens.output", "tokens.cached", "tokens.reasoning"],
  },
  { indicators: ["tokens.total"], by: "model" },
  { indicators: ["tokens.per_request"], by: "type" },
  { indicators: ["cost.total"], by: "model" },
  { title: { en: "Cost of one", zh: "单次成本" }, indicators: ["cost.per_request", "cost.per_call"] },
  { indicators: ["llm.unpriced_rate"] },
  { indicators: ["tools.calls"], by: "tool" },
  { indicators: ["tools.error_rate"], by: "tool" },
  { indicators: ["requests.rate_peak"] },
  { indicators: ["telemetry.dropped"], by: "reason" },
  { indicators: ["telemetry.errors"], by: "what" },
];

const BY = {
  type: { en: "by request type", zh: "按请求类型" },
  release: { en: "by release", zh: "按版本" },
  model: { en: "by model", zh: "按模型" },
  tool: { en: "by tool", zh: "按工具" },
  reason: { en: "by reason", zh: "按原因" },
  what: { en: "by kind", zh: "按种类" },
};

const UNITS = { s: "s", "%": "percent", USD: "currencyUSD", "req/s": "reqps" };
const COLORS = { success_rate: "green", error_rate: "red", timeout_rate: "orange" };
const DATA_SOURCE = { type: "prometheus", uid: "$source" };

function indicatorOf(id) {
  const indicator = findIndicator(id);
  if (indicator === undefined) throw new Error(`no indicator ${id}`);
  return indicator;
}

/** Those that only request records can answer come from the Chainwatch server's own /metrics. */
function promQl({ id, metricQuestion }, by) {
  if (metricQuestion === undefined) return `sum(chainwatch_${id.replaceAll(".", "_")}{service=~"$service"})`;
  return compilePromQl(metricQuestion, {
    dialectOf: () => PROMETHEUS_DIALECT,
    window: "$window",
    by: by === undefined ? [] : [by],
    where: [{ dimension: "service", operator: "=~", value: "$service" }],
  }).value;
}

/** In the order A, B, …, as Grafana names queries. */
function targets(ids, by, language) {
  return ids.map((id, index) => {
    const indicator = indicatorOf(id);
    const label = by && dimensionLabel(indicator.metricQuestion.of.metric, by, PROMETHEUS_DIALECT.naming);
    return {
      refId: String.fromCharCode(65 + index),
      datasource: DATA_SOURCE,
      expr: promQl(indicator, by),
      legendFormat: label === undefined ? indicator.name[language] : `{{${label}}}`,
    };
  });
}

function fieldConfig(ids, language) {
  const { unit } = indicatorOf(ids[0]);
  const colored = ids.filter((id) => COLORS[id] !== undefined);
  return {
    defaults: {
      unit: UNITS[unit] ?? "short",
      min: 0,
      ...(unit === "%" && { max: 100 }),
      noValue: { en: "no data", zh: "暂无数据" }[language],
      links: [
        {
          title: { en: "The requests of this time", zh: "该时段的请求" }[language],
          url: `$chainwatch/requests?ended_from=\${__from:date:iso}&ended_to=\${__to:date:iso}`,
          targetBlank: true,
        },
      ],
    },
    overrides: colored.map((id) => ({
      matcher: { id: "byName", options: indicatorOf(id).name[language] },
      properties: [{ id: "color", value: { mode: "fixed", fixedColor: COLORS[id] } }],
    })),
  };
}

function figurePanel(id, language) {
  const { name, description } = indicatorOf(id);
  return {
    type: "stat",
    title: name[language],
    description: description[language],
    targets: targets([id], undefined, language).map((target) => ({ ...target, instant: true, range: false })),
    fieldConfig: fieldConfig([id], language),
    options: { colorMode: "none", graphMode: "none", reduceOptions: { calcs: ["lastNotNull"] } },
  };
}

function chartPanel({ title, indicators, by }, language) {
  const { name } = indicatorOf(indicators[0]);
  const space = language === "zh" ? "" : " ";
  return {
    type: "timeseries",
    title: title?.[language] ?? `${name[language]}${by === undefined ? "" : `${space}${BY[by][language]}`}`,
    description: indicators.map((id) => indicatorOf(id).description[language]).join("\n\n"),
    targets: targets(indicators, by, language),
    fieldConfig: fieldConfig(indicators, language),
    options: { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi" } },
  };
}

/** Left to right, then down. */
function placed(panels, { width, height }, top) {
  const perRow = COLUMNS / width;
  return panels.map((panel, index) => ({
    ...panel,
    datasource: DATA_SOURCE,
    gridPos: { x: (index % perRow) * width, y: top + Math.floor(index / perRow) * height, w: width, h: height },
  }));
}

function dashboard(language) {
  const say = (en, zh) => (language === "zh" ? zh : en);
  const panels = [
    ...placed(
      FIGURES.map((id) => figurePanel(id, language)),
      FIGURE,
      0,
    ),
    ...placed(
      CHARTS.map((chart) => chartPanel(chart, language)),
      CHART,
      FIGURE.height,
    ),
  ];
  return {
    uid: `chainwatch-${language}`,
    title: say("Chainwatch", "Chainwatch（中文）"),
    description: say("LangChain.js apps in production", "生产环境中的 LangChain.js 应用"),
    tags: ["chainwatch"],
    schemaVersion: 39,
    editable: false,
    refresh: "10s",
    time: { from: "now-30m", to: "now" },
    templating: {
      list: [
        { name: "source", label: say("Source", "数据源"), type: "datasource", query: "prometheus" },
        {
          name: "service",
          label: say("Service", "服务"),
          type: "query",
          datasource: DATA_SOURCE,
          query: { query: "label_values(chainwatch_request_duration_seconds, service_name)", refId: "services" },
          refresh: 2,
          multi: true,
          includeAll: true,
          allValue: ".*",
          current: { text: say("All", "全部"), value: "$__all" },
        },
        {
          name: "window",
          label: say("Window", "窗口"),
          type: "custom",
          query: "1m,5m,15m,1h",
          current: { text: "5m", value: "5m" },
          options: ["1m", "5m", "15m", "1h"].map((value) => ({ text: value, value, selected: value === "5m" })),
        },
        {
          name: "chainwatch",
          label: say("Chainwatch page", "Chainwatch 页面"),
          type: "textbox",
          query: "http://127.0.0.1:4320",
          current: { text: "http://127.0.0.1:4320", value: "http://127.0.0.1:4320" },
        },
      ],
    },
    panels: panels.map((panel, index) => ({ id: index + 1, ...panel })),
  };
}

const files = Object.fromEntries(["en", "zh"].map((language) => [`chainwatch-${language}.json`, dashboard(language)]));
if (process.argv.includes("--print")) {
  process.stdout.write(JSON.stringify(files));
} else {
  mkdirSync(folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    writeFileSync(`${folder}/${file}`, `${JSON.stringify(content, null, 2)}\n`);
  }
}
