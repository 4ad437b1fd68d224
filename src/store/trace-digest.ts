import * as semconv from "../instrument/semconv.js";
import type { SpanRow } from "../receive/telemetry-batch.js";
import { numberField, textField } from "./attribute-field.js";

/**
 * What the trace list shows of a trace, in a form that takes spans one by one and in any order: where one span of
 * several decides, the rank of the one that has is kept beside. Lower ranks win; among equals, the earlier start.
 */
export interface TraceDigest {
  startUs: number;
  endUs: number;
  spans: number;
  errors: number;
  /** Of the root span, or of the earliest span while the root has not arrived. */
  name: string;
  service: string;
  /** 0: the root span; 1: another. */
  nameRank: number;
  nameStartUs: number;
  type?: string | undefined;
  userId?: string | undefined;
  outcome?: string | undefined;
  /** 0: the root of a Chainwatch request; 1: another span that says something of this; 2: none yet. */
  requestRank: number;
  requestStartUs: number;
  /** Of the earliest span that names one. */
  conversationId?: string | undefined;
  conversationStartUs?: number | undefined;
  /** Sorted. */
  models: string[];
  /** Sums over the request roots, which carry the totals of what is under them; undefined while none has arrived. */
  requestTokens?: number | undefined;
  requestCost?: number | undefined;
  /** Sums over the model calls themselves, for traces whose sender has no request roots. */
  callTokens: number;
  callCost?: number | undefined;
}

export const EMPTY_DIGEST: TraceDigest = {
  startUs: Number.MAX_SAFE_INTEGER,
  endUs: 0,
  spans: 0,
  errors: 0,
  name: "",
  service: "",
  nameRank: 2,
  nameStartUs: 0,
  requestRank: 2,
  requestStartUs: 0,
  models: [],
  callTokens: 0,
};

/**
 * The operations whose spans are calls of a model. Agents' and workflows' spans of other senders may repeat the
 * tokens of the calls under them.
 */
const MODEL_CALLS: readonly unknown[] = ["chat", "text_completion", "embeddings", "generate_content"];

/** The digest with one more span in it. Each span must be added once. */
export function addSpan(digest: TraceDigest, span: SpanRow): TraceDigest {
  const { attributes, startTimeUs } = span;
  const next: TraceDigest = {
    ...digest,
    startUs: Math.min(digest.startUs, startTimeUs),
    endUs: Math.max(digest.endUs, span.endTimeUs),
    spans: digest.spans + 1,
    errors: digest.errors + (span.status === "error" ? 1 : 0),
  };

  const nameRank = span.parentSpanId === undefined ? 0 : 1;
  if (wins(nameRank, startTimeUs, digest.nameRank, digest.nameStartUs)) {
    next.name = span.name;
    next.service = textField(span.resource, semconv.RESOURCE_SERVICE_NAME) ?? "unknown_service";
    next.nameRank = nameRank;
    next.nameStartUs = startTimeUs;
  }

  const type = textField(attributes, semconv.ATTR_REQUEST_TYPE);
  const userId = textField(attributes, semconv.ATTR_USER_ID);
  const outcome = textField(attributes, semconv.ATTR_OUTCOME);
  const tokens = numberField(attributes, semconv.ATTR_REQUEST_TOKENS_TOTAL);
  const isRequestRoot = outcome !== undefined || tokens !== undefined;
  const requestRank = isRequestRoot ? 0 : type !== undefined || userId !== undefined ? 1 : 2;
  if (requestRank < 2 && wins(requestRank, startTimeUs, digest.requestRank, digest.requestStartUs)) {
    Object.assign(next, { type, userId, outcome, requestRank, requestStartUs: startTimeUs });
  }
  const conversationId = textField(attributes, semconv.ATTR_CONVERSATION_ID);
  if (conversationId !== undefined && startTimeUs < (digest.conversationStartUs ?? Number.POSITIVE_INFINITY)) {
    Object.assign(next, { conversationId, conversationStartUs: startTimeUs });
  }
  if (tokens !== undefined) next.requestTokens = (digest.requestTokens ?? 0) + tokens;
  next.requestCost = sum(digest.requestCost, numberField(attributes, semconv.ATTR_REQUEST_COST));

  if (MODEL_CALLS.includes(attributes[semconv.ATTR_OPERATION_NAME])) {
    const model =
      textField(attributes, semconv.ATTR_RESPONSE_MODEL) ?? textField(attributes, semconv.ATTR_REQUEST_MODEL);
    if (model !== undefined && !digest.models.includes(model)) next.models = [...digest.models, model].sort();
    next.callTokens +=
      (numberField(attributes, semconv.ATTR_USAGE_INPUT_TOKENS) ?? 0) +
      (numberField(attributes, semconv.ATTR_USAGE_OUTPUT_TOKENS) ?? 0);
    next.callCost = sum(digest.callCost, numberField(attributes, semconv.ATTR_USAGE_COST));
  }
  return next;
}

const wins = (rank: number, startUs: number, oldRank: number, oldStartUs: number): boolean =>
  rank < oldRank || (rank === oldRank && startUs < oldStartUs);

/** What is unknown adds nothing, and nothing known stays unknown. */
const sum = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : a + b;
