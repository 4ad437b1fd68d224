import {
  ATTR_DROPPED_REASON,
  ATTR_DROPPED_WHAT,
  ATTR_PROVIDER_NAME,
  ATTR_REQUEST_MODEL,
  ATTR_REQUEST_TYPE,
  ATTR_TOOL_NAME,
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
  RESOURCE_ENVIRONMENT,
  RESOURCE_SERVICE_INSTANCE_ID,
  RESOURCE_SERVICE_NAME,
  RESOURCE_SERVICE_VERSION,
} from "../instrument/semconv.js";
import { DIMENSIONS, type Dimension } from "./dimension.js";
import type { MetricQuestion } from "./metric-question.js";

/** Where a metric series has the value of a dimension. */
export interface AttributePlace {
  on: "resource" | "point";
  attribute: string;
}

const RESOURCE_PLACES: Partial<Record<Dimension, AttributePlace>> = {
  service: { on: "resource", attribute: RESOURCE_SERVICE_NAME },
  environment: { on: "resource", attribute: RESOURCE_ENVIRONMENT },
  release: { on: "resource", attribute: RESOURCE_SERVICE_VERSION },
  instance: { on: "resource", attribute: RESOURCE_SERVICE_INSTANCE_ID },
};

const TYPE: AttributePlace = { on: "point", attribute: ATTR_REQUEST_TYPE };
const MODEL: AttributePlace = { on: "point", attribute: ATTR_REQUEST_MODEL };
const PROVIDER: AttributePlace = { on: "point", attribute: ATTR_PROVIDER_NAME };
const TOOL: AttributePlace = { on: "point", attribute: ATTR_TOOL_NAME };
const WHAT: AttributePlace = { on: "point", attribute: ATTR_DROPPED_WHAT };

const POINT_PLACES: Readonly<Record<string, Partial<Record<Dimension, AttributePlace>>>> = {
  // The request's own release wins over the process's: withRequest() may serve several.
  [METRIC_REQUEST_DURATION]: { type: TYPE, release: { on: "point", attribute: RESOURCE_SERVICE_VERSION } },
  [METRIC_REQUEST_COST]: { type: TYPE },
  [METRIC_REQUEST_TOKENS]: { type: TYPE },
  [METRIC_REQUEST_ACTIVE]: { type: TYPE },
  [METRIC_REQUEST_ACTIVE_PEAK]: { type: TYPE },
  [METRIC_OPERATION_DURATION]: { model: MODEL, provider: PROVIDER },
  [METRIC_TIME_TO_FIRST_CHUNK]: { model: MODEL, provider: PROVIDER },
  [METRIC_LLM_TOKENS]: { model: MODEL, provider: PROVIDER },
  [METRIC_LLM_COST]: { model: MODEL, provider: PROVIDER, type: TYPE },
  [METRIC_LLM_RETRIES]: { model: MODEL },
  [METRIC_TOOL_DURATION]: { tool: TOOL },
  [METRIC_PRICE_UNKNOWN]: { model: MODEL },
  [METRIC_TELEMETRY_DROPPED]: { what: WHAT, reason: { on: "point", attribute: ATTR_DROPPED_REASON } },
  [METRIC_TELEMETRY_ERRORS]: { what: WHAT },
};

/** The places where an instrument's series have a dimension, the first that is set wins; empty: they do not have it. */
export function attributePlaces(metric: string, dimension: Dimension): AttributePlace[] {
  const places = [POINT_PLACES[metric]?.[dimension], RESOURCE_PLACES[dimension]];
  return places.filter((place) => place !== undefined);
}

/** The instruments that a question asks; the one whose figure it is comes first. */
export function questionMetrics(question: MetricQuestion): string[] {
  const metrics = [question.of.metric];
  if (question.ask === "growth") {
    if (question.events !== undefined) metrics.push(question.events.metric);
    if (question.zeroWhere !== undefined) metrics.push(question.zeroWhere.metric);
  }
  if (question.ask === "share") metrics.push(question.others.metric);
  return metrics;
}

/** The dimensions that every instrument of the question carries. */
export function metricDimensions(question: MetricQuestion): Dimension[] {
  const metrics = questionMetrics(question);
  return DIMENSIONS.filter((dimension) => metrics.every((metric) => attributePlaces(metric, dimension).length > 0));
}
