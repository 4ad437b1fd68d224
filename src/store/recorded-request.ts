import * as semconv from "../instrument/semconv.js";
import type { LogRow } from "../receive/telemetry-batch.js";
import { numberField, textField, textListField } from "./attribute-field.js";
import type { Outcome, RequestRecord } from "./request-record.js";
import { isoTime } from "./utc-day.js";

const OUTCOMES: readonly string[] = [
  "success",
  "error",
  "timeout",
  "cancelled",
  "abandoned",
  "interrupted",
] satisfies Outcome[];

const isOutcome = (text: string | undefined): text is Outcome => text !== undefined && OUTCOMES.includes(text);

/** What of a record may be unknown, and the attribute that holds it. */
const OPTIONAL_TEXTS = {
  user_id: semconv.ATTR_USER_ID,
  session_id: semconv.ATTR_SESSION_ID,
  tenant: semconv.ATTR_TENANT,
  conversation_id: semconv.ATTR_CONVERSATION_ID,
  error_type: semconv.ATTR_ERROR_TYPE,
  error_message: semconv.ATTR_ERROR_MESSAGE,
  query: semconv.ATTR_REQUEST_QUERY,
} as const satisfies Partial<Record<keyof RequestRecord, string>>;

const OPTIONAL_RESOURCE_TEXTS = {
  environment: semconv.RESOURCE_ENVIRONMENT,
  release: semconv.RESOURCE_SERVICE_VERSION,
  instance: semconv.RESOURCE_SERVICE_INSTANCE_ID,
} as const satisfies Partial<Record<keyof RequestRecord, string>>;

const OPTIONAL_NUMBERS = {
  cost_usd: semconv.ATTR_REQUEST_COST,
  unpriced_calls: semconv.ATTR_REQUEST_UNPRICED_CALLS,
} as const satisfies Partial<Record<keyof RequestRecord, string>>;

/**
 * The request that a `chainwatch.request` log record tells of. Its timestamp is when the request began. Undefined for
 * another log record, and for one without a request id or a known outcome.
 */
export function recordedRequest(row: LogRow): RequestRecord | undefined {
  const { attributes, resource } = row;
  const requestId = textField(attributes, semconv.ATTR_REQUEST_ID);
  const outcome = textField(attributes, semconv.ATTR_OUTCOME);
  if (row.eventName !== semconv.EVENT_REQUEST || requestId === undefined || !isOutcome(outcome)) return undefined;
  const input = numberField(attributes, semconv.ATTR_REQUEST_TOKENS_INPUT) ?? 0;
  const output = numberField(attributes, semconv.ATTR_REQUEST_TOKENS_OUTPUT) ?? 0;
  const prompts = textListField(attributes, semconv.ATTR_REQUEST_PROMPTS);
  return {
    request_id: requestId,
    timestamp: isoTime(row.timeUs),
    service: textField(resource, semconv.RESOURCE_SERVICE_NAME) ?? "unknown_service",
    ...known(OPTIONAL_RESOURCE_TEXTS, resource, textField),
    ...known(OPTIONAL_TEXTS, attributes, textField),
    ...known(OPTIONAL_NUMBERS, attributes, numberField),
    type: textField(attributes, semconv.ATTR_REQUEST_TYPE) ?? "unknown",
    outcome,
    response_time: numberField(attributes, semconv.ATTR_REQUEST_DURATION) ?? 0,
    llm_calls: numberField(attributes, semconv.ATTR_REQUEST_LLM_CALLS) ?? 0,
    llm_time: numberField(attributes, semconv.ATTR_REQUEST_LLM_TIME) ?? 0,
    tokens: {
      input,
      output,
      total: numberField(attributes, semconv.ATTR_REQUEST_TOKENS_TOTAL) ?? input + output,
      cached: numberField(attributes, semconv.ATTR_REQUEST_TOKENS_CACHED) ?? 0,
      reasoning: numberField(attributes, semconv.ATTR_REQUEST_TOKENS_REASONING) ?? 0,
    },
    models: textListField(attributes, semconv.ATTR_REQUEST_MODELS),
    ...(prompts.length > 0 && { prompts }),
    trace_id: row.traceId,
    trace_sampled: attributes[semconv.ATTR_REQUEST_TRACE_SAMPLED] === true,
  };
}

function known<K extends string, T>(
  names: Readonly<Record<K, string>>,
  attributes: LogRow["attributes"],
  read: (attributes: LogRow["attributes"], name: string) => T | undefined,
): { [key in K]?: T } {
  const found: { [key in K]?: T } = {};
  for (const key of Object.keys(names) as K[]) {
    const value = read(attributes, names[key]);
    if (value !== undefined) found[key] = value;
  }
  return found;
}
