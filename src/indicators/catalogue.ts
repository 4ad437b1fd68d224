import {
  ATTR_ERROR_TYPE,
  ATTR_LLM_TOKEN_TYPE,
  ATTR_OPERATION_NAME,
  ATTR_OUTCOME,
  METRIC_LLM_COST,
  METRIC_LLM_RETRIES,
  METRIC_LLM_TOKENS,
  METRIC_OPERATION_DURATION,
  METRIC_PRICE_UNKNOWN,
  METRIC_REQUEST_ACTIVE,
  METRIC_REQUEST_ACTIVE_PEAK,
  METRIC_REQUEST_COST,
  METRIC_REQUEST_DURATION,
  METRIC_REQUEST_TOKENS,
  METRIC_TELEMETRY_DROPPED,
  METRIC_TELEMETRY_ERRORS,
  METRIC_TIME_TO_FIRST_CHUNK,
  METRIC_TOOL_DURATION,
} from "../instrument/semconv.js";
import { DIMENSIONS, RECORD_DIMENSIONS } from "./dimension.js";
import type { Indicator } from "./indicator.js";
import type { BilingualText } from "./language.js";
import { metricDimensions } from "./metric-attribute.js";
import type { AttributeFilter, MetricQuestion, MetricSelection } from "./metric-question.js";
import type { RecordNumber } from "./record-question.js";

/** N of the rates. Cancelled, abandoned and interrupted requests say nothing about the app's quality. */
const RATED = ["success", "error", "timeout"] as const;

const REQUESTS: MetricSelection = { metric: METRIC_REQUEST_DURATION };
const RATED_REQUESTS: MetricSelection = {
  metric: METRIC_REQUEST_DURATION,
  where: [{ attribute: ATTR_OUTCOME, oneOf: RATED }],
};

const MODEL_CALL: AttributeFilter = {
  attribute: ATTR_OPERATION_NAME,
  oneOf: ["chat", "text_completion", "generate_content"],
};
const MODEL_CALLS: MetricSelection = { metric: METRIC_OPERATION_DURATION, where: [MODEL_CALL] };
const NOT_CUT_SHORT: AttributeFilter = {
  attribute: ATTR_ERROR_TYPE,
  noneOf: ["cancelled", "abandoned", "interrupted"],
};
const FAILED: AttributeFilter = { attribute: ATTR_ERROR_TYPE, present: true };
/** Embeddings use tokens too. */
const TOKEN_CALLS: MetricSelection = { metric: METRIC_OPERATION_DURATION };
const TOOL_CALLS: MetricSelection = { metric: METRIC_TOOL_DURATION };
const FIRST_CHUNKS: MetricSelection = { metric: METRIC_TIME_TO_FIRST_CHUNK };

function tokens(...types: string[]): MetricQuestion {
  return {
    ask: "growth",
    of: { metric: METRIC_LLM_TOKENS, where: [{ attribute: ATTR_LLM_TOKEN_TYPE, oneOf: types }] },
    events: TOKEN_CALLS,
  };
}

const RATED_TEXT: BilingualText = {
  en: "Requests that ended with success, error or timeout; cancelled, abandoned and interrupted ones are left out.",
  zh: "只计以成功、错误或超时结束的请求；取消、放弃和中断的不计入。",
};

function responseTime(id: string, name: BilingualText, q: number | undefined): Entry {
  return {
    id: `response_time.${id}`,
    name,
    description: {
      en: `Time from the start of a request to its end. ${RATED_TEXT.en}`,
      zh: `请求从开始到结束的时间。${RATED_TEXT.zh}`,
    },
    unit: "s",
    group: "performance",
    metricQuestion: q === undefined ? { ask: "mean", of: RATED_REQUESTS } : { ask: "quantile", of: RATED_REQUESTS, q },
    recordQuestion:
      q === undefined
        ? { ask: "mean", field: "response_time", outcomes: RATED }
        : { ask: "quantile", field: "response_time", q, outcomes: RATED },
  };
}

function firstChunk(id: string, name: BilingualText, q: number): Entry {
  return {
    id: `ttft.${id}`,
    name,
    description: {
      en: "Time from a streamed model call to its first chunk.",
      zh: "流式模型调用从发出到收到第一个分块的时间。",
    },
    unit: "s",
    group: "performance",
    metricQuestion: { ask: "quantile", of: FIRST_CHUNKS, q },
  };
}

function outcomeRate(id: string, name: BilingualText, outcome: (typeof RATED)[number], what: BilingualText): Entry {
  return {
    id,
    name,
    description: {
      en: `Share of requests that ended with ${what.en}, of success + error + timeout. No such request: no data.`,
      zh: `以${what.zh}结束的请求占（成功 + 错误 + 超时）的百分比；没有这类请求时为无数据。`,
    },
    unit: "%",
    group: "quality",
    metricQuestion: {
      ask: "percentage",
      of: RATED_REQUESTS,
      matching: { attribute: ATTR_OUTCOME, oneOf: [outcome] },
    },
    recordQuestion: { ask: "percentage", matching: [outcome], outcomes: RATED },
  };
}

function tokenCount(
  id: string,
  name: BilingualText,
  description: BilingualText,
  types: string[],
  field: RecordNumber,
): Entry {
  return {
    id: `tokens.${id}`,
    name,
    description,
    unit: "tokens",
    group: "resources",
    metricQuestion: tokens(...types),
    recordQuestion: { ask: "sum", field },
  };
}

type Entry = Omit<Indicator, "dimensions" | "list">;

const ENTRIES: readonly Entry[] = [
  responseTime("avg", { en: "Average response time", zh: "平均响应时间" }, undefined),
  responseTime("p50", { en: "P50 response time", zh: "P50 响应时间" }, 0.5),
  responseTime("p95", { en: "P95 response time", zh: "P95 响应时间" }, 0.95),
  responseTime("p99", { en: "P99 response time", zh: "P99 响应时间" }, 0.99),
  {
    id: "requests.count",
    name: { en: "Requests", zh: "请求数" },
    description: {
      en: "Requests that ended, whatever their outcome: cancelled, abandoned and interrupted ones count here.",
      zh: "已结束的请求数，不论结果：取消、放弃和中断的也计入。",
    },
    unit: "requests",
    group: "performance",
    metricQuestion: { ask: "count", of: REQUESTS },
    recordQuestion: { ask: "count" },
  },
  {
    id: "requests.rate",
    name: { en: "Requests per second", zh: "每秒请求数" },
    description: {
      en: "Requests that ended, whatever their outcome, per second of the window (QPS).",
      zh: "窗口内平均每秒结束的请求数（QPS），不论结果。",
    },
    unit: "req/s",
    group: "performance",
    metricQuestion: { ask: "rate", of: REQUESTS },
    recordQuestion: { ask: "rate" },
  },
  {
    id: "requests.rate_peak",
    name: { en: "Peak requests per second", zh: "每秒请求数峰值" },
    description: {
      en: "The highest rate in the window. From metrics: in the busiest clock minute; above two hours, in the busiest slot of 5 minutes to a day, at most 120 of which are in the window. From request records: in the busiest whole second.",
      zh: "窗口内的最高请求速率。来自指标时：最繁忙的整分钟；窗口超过两小时时为最繁忙的时段（5 分钟至一天，窗口内最多 120 段）。来自请求记录时：最繁忙的整秒。",
    },
    unit: "req/s",
    group: "performance",
    metricQuestion: { ask: "peak_rate", of: REQUESTS, slotS: 60 },
    recordQuestion: { ask: "peak_rate", slotS: 1 },
  },
  {
    id: "concurrency.current",
    name: { en: "Requests in progress", zh: "当前并发" },
    description: {
      en: "Requests running now, by the newest report of every process that still reports; the window plays no part.",
      zh: "当前正在处理的请求数，取每个仍在上报的进程的最新值；与窗口无关。",
    },
    unit: "requests",
    group: "performance",
    metricQuestion: { ask: "current", of: { metric: METRIC_REQUEST_ACTIVE } },
  },
  {
    id: "concurrency.peak",
    name: { en: "Peak requests in progress", zh: "并发峰值" },
    description: {
      en: "The most requests running at once. With one process, one request type: exact. Otherwise an upper bound: the peaks of the types in one report, and those of the processes, are added although they may not have met.",
      zh: "同时处理的最大请求数。单进程、单请求类型时精确；否则为上限：同一次上报中各类型的峰值以及各进程的峰值相加，它们未必同时出现。",
    },
    unit: "requests",
    group: "performance",
    metricQuestion: { ask: "peak", of: { metric: METRIC_REQUEST_ACTIVE_PEAK } },
  },
  firstChunk("p50", { en: "P50 time to first token", zh: "P50 首字时间" }, 0.5),
  firstChunk("p95", { en: "P95 time to first token", zh: "P95 首字时间" }, 0.95),

  outcomeRate("success_rate", { en: "Success rate", zh: "成功率" }, "success", { en: "success", zh: "成功" }),
  outcomeRate("error_rate", { en: "Error rate", zh: "错误率" }, "error", { en: "an error", zh: "错误" }),
  outcomeRate("timeout_rate", { en: "Timeout rate", zh: "超时率" }, "timeout", { en: "a timeout", zh: "超时" }),

  {
    id: "llm.calls",
    name: { en: "Model calls", zh: "模型调用次数" },
    description: {
      en: "Calls of chat and text models that ended, failed ones too; embeddings are not counted.",
      zh: "已结束的对话和文本模型调用次数，含失败的；不含向量嵌入。",
    },
    unit: "calls",
    group: "resources",
    metricQuestion: { ask: "count", of: MODEL_CALLS },
    recordQuestion: { ask: "sum", field: "llm_calls" },
  },
  {
    id: "llm.time",
    name: { en: "Model time", zh: "模型耗时" },
    description: {
      en: "Time spent in calls of chat and text models, added up over the calls.",
      zh: "对话和文本模型调用所用时间的总和。",
    },
    unit: "s",
    group: "resources",
    metricQuestion: { ask: "sum", of: MODEL_CALLS },
    recordQuestion: { ask: "sum", field: "llm_time" },
  },
  {
    id: "llm.error_rate",
    name: { en: "Model error rate", zh: "模型调用错误率" },
    description: {
      en: "Share of calls of chat and text models that failed; cancelled, abandoned and interrupted calls are left out.",
      zh: "失败的对话和文本模型调用的百分比；取消、放弃和中断的不计入。",
    },
    unit: "%",
    group: "resources",
    metricQuestion: {
      ask: "percentage",
      of: { metric: METRIC_OPERATION_DURATION, where: [MODEL_CALL, NOT_CUT_SHORT] },
      matching: FAILED,
    },
  },
  {
    id: "llm.retries",
    name: { en: "Model retries", zh: "模型重试次数" },
    description: {
      en: "Times a model call was tried again after a failure.",
      zh: "模型调用失败后重试的次数。",
    },
    unit: "retries",
    group: "resources",
    metricQuestion: {
      ask: "growth",
      of: { metric: METRIC_LLM_RETRIES },
      events: MODEL_CALLS,
      zeroWhere: { metric: METRIC_LLM_TOKENS },
    },
  },
  tokenCount(
    "input",
    { en: "Input tokens", zh: "输入 token" },
    {
      en: "Tokens sent to models, cached ones and those of embeddings included.",
      zh: "发送给模型的 token 数，含缓存命中和向量嵌入的。",
    },
    ["input"],
    "tokens.input",
  ),
  tokenCount(
    "output",
    { en: "Output tokens", zh: "输出 token" },
    { en: "Tokens that models answered, reasoning included.", zh: "模型输出的 token 数，含推理。" },
    ["output"],
    "tokens.output",
  ),
  tokenCount(
    "total",
    { en: "Tokens", zh: "token 总数" },
    { en: "Input and output tokens.", zh: "输入与输出 token 之和。" },
    ["input", "output"],
    "tokens.total",
  ),
  tokenCount(
    "cached",
    { en: "Cached tokens", zh: "缓存命中 token" },
    {
      en: "Input tokens that the provider read from its cache; part of the input tokens.",
      zh: "提供方从缓存读取的输入 token，是输入 token 的一部分。",
    },
    ["cache_read"],
    "tokens.cached",
  ),
  tokenCount(
    "reasoning",
    { en: "Reasoning tokens", zh: "推理 token" },
    { en: "Tokens spent on reasoning; part of the output tokens.", zh: "用于推理的 token，是输出 token 的一部分。" },
    ["reasoning"],
    "tokens.reasoning",
  ),
  {
    id: "tokens.per_request",
    name: { en: "Tokens per request", zh: "每请求 token" },
    description: {
      en: "Average of the input and output tokens of a request.",
      zh: "每个请求的输入与输出 token 之和的平均值。",
    },
    unit: "tokens",
    group: "resources",
    metricQuestion: { ask: "mean", of: { metric: METRIC_REQUEST_TOKENS } },
    recordQuestion: { ask: "mean", field: "tokens.total" },
  },
  {
    id: "cost.total",
    name: { en: "Cost", zh: "成本" },
    description: {
      en: "Price of the model calls whose model has a known price, embeddings included.",
      zh: "价格已知的模型调用（含向量嵌入）的费用总和。",
    },
    unit: "USD",
    group: "resources",
    metricQuestion: { ask: "sum", of: { metric: METRIC_LLM_COST } },
    recordQuestion: { ask: "sum", field: "cost_usd" },
  },
  {
    id: "cost.per_request",
    name: { en: "Cost per request", zh: "每请求成本" },
    description: {
      en: "Average cost of the requests that had a call with a known price.",
      zh: "含有已知价格调用的请求的平均费用。",
    },
    unit: "USD",
    group: "resources",
    metricQuestion: { ask: "mean", of: { metric: METRIC_REQUEST_COST } },
    recordQuestion: { ask: "mean", field: "cost_usd" },
  },
  {
    id: "cost.per_call",
    name: { en: "Cost per model call", zh: "每次模型调用成本" },
    description: {
      en: "Average cost of the model calls whose model has a known price.",
      zh: "价格已知的模型调用的平均费用。",
    },
    unit: "USD",
    group: "resources",
    metricQuestion: { ask: "mean", of: { metric: METRIC_LLM_COST } },
  },
  {
    id: "llm.unpriced_rate",
    name: { en: "Model calls without a known price", zh: "价格未知的模型调用" },
    description: {
      en: "Share of the model calls with token counts, embeddings included, whose model has no known price: costs leave them out.",
      zh: "有 token 计数的模型调用（含向量嵌入）中，模型价格未知的百分比；成本不含这些调用。",
    },
    unit: "%",
    group: "telemetry",
    metricQuestion: { ask: "share", of: { metric: METRIC_PRICE_UNKNOWN }, others: { metric: METRIC_LLM_COST } },
  },
  {
    id: "tools.calls",
    name: { en: "Tool calls", zh: "工具调用次数" },
    description: { en: "Tool runs that ended, failed ones too.", zh: "已结束的工具调用次数，含失败的。" },
    unit: "calls",
    group: "resources",
    metricQuestion: { ask: "count", of: TOOL_CALLS },
  },
  {
    id: "tools.error_rate",
    name: { en: "Tool error rate", zh: "工具错误率" },
    description: {
      en: "Share of tool runs that failed; cancelled, abandoned and interrupted runs are left out.",
      zh: "失败的工具调用的百分比；取消、放弃和中断的不计入。",
    },
    unit: "%",
    group: "resources",
    metricQuestion: {
      ask: "percentage",
      of: { metric: METRIC_TOOL_DURATION, where: [NOT_CUT_SHORT] },
      matching: FAILED,
    },
  },

  {
    id: "users.active",
    name: { en: "Active users", zh: "活跃用户" },
    description: {
      en: "Different user ids among the requests that ended. Exact; requests without a user id are left out.",
      zh: "已结束请求中不同用户 ID 的数量，精确值；没有用户 ID 的请求不计入。",
    },
    unit: "users",
    group: "business",
    recordQuestion: { ask: "distinct", field: "user_id" },
  },
  {
    id: "requests.by_type",
    name: { en: "Requests by type", zh: "各类型请求数" },
    description: {
      en: "Requests that ended, by request type, the most frequent first.",
      zh: "按请求类型统计的已结束请求数，由多到少。",
    },
    unit: "requests",
    group: "business",
    recordQuestion: { ask: "top", field: "type" },
  },
  {
    id: "queries.top",
    name: { en: "Top 10 queries", zh: "热门查询 Top 10" },
    description: {
      en: "The ten most frequent queries. Needs the query given in withRequest().",
      zh: "出现最多的十个查询。需要在 withRequest() 中给出 query。",
    },
    unit: "requests",
    group: "business",
    recordQuestion: { ask: "top", field: "query", limit: 10 },
  },

  {
    id: "telemetry.dropped",
    name: { en: "Telemetry given up", zh: "丢弃的遥测" },
    description: {
      en: "Spans, metric points, records and runs that Chainwatch in an app gave up, by what and why: other figures miss them.",
      zh: "应用中的 Chainwatch 放弃的 span、指标点、记录和运行，可按种类和原因划分；其他指标不含它们。",
    },
    unit: "items",
    group: "telemetry",
    metricQuestion: { ask: "growth", of: { metric: METRIC_TELEMETRY_DROPPED } },
  },
  {
    id: "telemetry.errors",
    name: { en: "Faults of Chainwatch", zh: "Chainwatch 自身的故障" },
    description: {
      en: "Faults inside Chainwatch that it kept away from the app.",
      zh: "Chainwatch 内部发生、未影响应用的故障。",
    },
    unit: "items",
    group: "telemetry",
    metricQuestion: { ask: "growth", of: { metric: METRIC_TELEMETRY_ERRORS } },
  },
];

function complete(entry: Entry): Indicator {
  const fromMetrics = entry.metricQuestion === undefined ? [] : metricDimensions(entry.metricQuestion);
  const fromRecords = entry.recordQuestion === undefined ? [] : RECORD_DIMENSIONS;
  return {
    ...entry,
    dimensions: DIMENSIONS.filter((dimension) => [...fromMetrics, ...fromRecords].includes(dimension)),
    list: entry.recordQuestion?.ask === "top",
  };
}

/** Every indicator, in the order in which pages and docs show them. */
export const CATALOGUE: readonly Indicator[] = ENTRIES.map(complete);

const BY_ID = new Map(CATALOGUE.map((indicator) => [indicator.id, indicator]));

/** The indicator of that id; undefined when the catalogue has none. */
export function findIndicator(id: string): Indicator | undefined {
  return BY_ID.get(id);
}
