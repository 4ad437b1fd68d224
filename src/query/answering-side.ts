import { CATALOGUE, findIndicator } from "../indicators/catalogue.js";
import { type Dimension, RECORD_DIMENSIONS } from "../indicators/dimension.js";
import type { Indicator } from "../indicators/indicator.js";
import { metricDimensions } from "../indicators/metric-attribute.js";
import { nearestName } from "../instrument/nearest-name.js";
import type { IndicatorQuery } from "./metric-source.js";
import { QueryError } from "./query-error.js";

/** Who can answer: metric points, or request records. */
export type AnsweringSide = "metrics" | "records";

type Asked = Pick<IndicatorQuery, "indicator" | "by" | "where">;

/** @throws {QueryError} `unknown_indicator`, with the name that was probably meant */
export function indicatorOf(asked: Asked): Indicator {
  const indicator = findIndicator(asked.indicator);
  if (indicator !== undefined) return indicator;
  const ids = CATALOGUE.map(({ id }) => id);
  const near = nearestName(asked.indicator, ids);
  const cure = near === undefined ? `Indicators: ${ids.join(", ")}` : `Did you mean "${near}"?`;
  throw new QueryError("unknown_indicator", `There is no indicator "${asked.indicator}". ${cure}`);
}

/** The sides that can answer the question, the better first: metrics reach further back and cost less. */
export function answeringSides(asked: Asked): AnsweringSide[] {
  const indicator = indicatorOf(asked);
  const wanted = dimensionsOf(asked);
  const carriesAll = (carried: readonly Dimension[]): boolean =>
    wanted.every((dimension) => carried.includes(dimension));
  const sides: AnsweringSide[] = [];
  const { metricQuestion, recordQuestion } = indicator;
  if (metricQuestion !== undefined && carriesAll(metricDimensions(metricQuestion))) sides.push("metrics");
  if (recordQuestion !== undefined && carriesAll(RECORD_DIMENSIONS)) sides.push("records");
  return sides;
}

/**
 * The side that answers the question where these sides are there; `rules check` asks it before a rule runs.
 *
 * @throws {QueryError} `unknown_indicator`; `unsupported_dimension`, with what is possible instead
 */
export function answeringSide(asked: Asked, available: readonly AnsweringSide[]): AnsweringSide {
  const possible = answeringSides(asked);
  const side = possible.find((candidate) => available.includes(candidate));
  if (side !== undefined) return side;
  throw new QueryError("unsupported_dimension", refusal(asked, possible, available));
}

function dimensionsOf({ by = [], where = {} }: Asked): Dimension[] {
  return [...new Set([...by, ...(Object.keys(where) as Dimension[])])];
}

function refusal(asked: Asked, possible: AnsweringSide[], available: readonly AnsweringSide[]): string {
  const { id, metricQuestion, recordQuestion } = indicatorOf(asked);
  const wanted = dimensionsOf(asked);
  const what = wanted.length === 0 ? id : `${id} by or where ${wanted.join(", ")}`;
  if (possible.includes("records")) {
    return `${what}: only request records can answer this, metrics never carry it, and no request records are kept here. Send the request records to a Chainwatch server, or ask without ${unsupported(wanted, metricQuestion && metricDimensions(metricQuestion))}`;
  }
  if (possible.includes("metrics"))
    return `${what}: only metrics can answer this; this source has request records alone`;

  const ways: string[] = [];
  if (metricQuestion !== undefined && available.includes("metrics")) {
    ways.push(`from metrics: ${metricDimensions(metricQuestion).join(", ")}`);
  }
  if (recordQuestion !== undefined && available.includes("records")) {
    ways.push(`from request records: ${RECORD_DIMENSIONS.join(", ")}`);
  }
  const cure = ways.length === 0 ? "It cannot be asked here" : `Use dimensions of one side (${ways.join("; ")})`;
  return `${what}: not possible. ${cure}`;
}

function unsupported(wanted: Dimension[], carried: readonly Dimension[] | undefined): string {
  const without = wanted.filter((dimension) => !carried?.includes(dimension));
  return without.length === 0 ? "this indicator" : without.join(", ");
}
