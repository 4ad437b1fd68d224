/**
 * Every attribute, metric and event name that Chainwatch sends, once.
 *
 * The `gen_ai.*` names follow OpenTelemetry's GenAI semantic conventions
 * (open-telemetry/semantic-conventions-genai, main of 2026-08). They are unstable there, so they are
 * written out here instead of being imported from an `incubating` entry point. The `chainwatch.*` names
 * are ours, for what the conventions lack.
 */

// Span attributes, conventions.
export const ATTR_OPERATION_NAME = "gen_ai.operation.name";
export const ATTR_PROVIDER_NAME = "gen_ai.provider.name";
export const ATTR_REQUEST_MODEL = "gen_ai.request.model";
export const ATTR_REQUEST_TEMPERATURE = "gen_ai.request.temperature";
export const ATTR_REQUEST_TOP_P = "gen_ai.request.top_p";
export const ATTR_REQUEST_MAX_TOKENS = "gen_ai.request.max_tokens";
export const ATTR_REQUEST_STOP_SEQUENCES = "gen_ai.request.stop_sequences";
export const ATTR_REQUEST_SEED = "gen_ai.request.seed";
export const ATTR_REQUEST_FREQUENCY_PENALTY = "gen_ai.request.frequency_penalty";
export const ATTR_REQUEST_PRESENCE_PENALTY = "gen_ai.request.presence_penalty";
export const ATTR_REQUEST_CHOICE_COUNT = "gen_ai.request.choice.count";
export const ATTR_REQUEST_STREAM = "gen_ai.request.stream";
export const ATTR_RESPONSE_MODEL = "gen_ai.response.model";
export const ATTR_RESPONSE_ID = "gen_ai.response.id";
export const ATTR_RESPONSE_FINISH_REASONS = "gen_ai.response.finish_reasons";
/** Seconds from the request to the first chunk of a stream. */
export const ATTR_RESPONSE_TIME_TO_FIRST_CHUNK = "gen_ai.response.time_to_first_chunk";
export const ATTR_USAGE_INPUT_TOKENS = "gen_ai.usage.input_tokens";
export const ATTR_USAGE_OUTPUT_TOKENS = "gen_ai.usage.output_tokens";
export const ATTR_USAGE_CACHE_READ_TOKENS = "gen_ai.usage.cache_read.input_tokens";
export const ATTR_USAGE_CACHE_WRITE_TOKENS = "gen_ai.usage.cache_write.input_tokens";
export const ATTR_USAGE_REASONING_TOKENS = "gen_ai.usage.reasoning.output_tokens";
/** US dollars, a double. Absent when the model's price is unknown. */
export const ATTR_USAGE_COST = "gen_ai.usage.cost";
export const ATTR_CONVERSATION_ID = "gen_ai.conversation.id";
export const ATTR_AGENT_NAME = "gen_ai.agent.name";
export const ATTR_WORKFLOW_NAME = "gen_ai.workflow.name";
export const ATTR_TOOL_NAME = "gen_ai.tool.name";
export const ATTR_TOOL_CALL_ID = "gen_ai.tool.call.id";
export const ATTR_TOOL_TYPE = "gen_ai.tool.type";
export const ATTR_PROMPT_NAME = "gen_ai.prompt.name";
export const ATTR_PROMPT_VERSION = "gen_ai.prompt.version";
export const ATTR_TOKEN_TYPE = "gen_ai.token.type";
export const ATTR_ERROR_TYPE = "error.type";
export const ATTR_ERROR_MESSAGE = "error.message";
export const ATTR_SERVER_ADDRESS = "server.address";
export const ATTR_SERVER_PORT = "server.port";
export const ATTR_USER_ID = "user.id";
export const ATTR_SESSION_ID = "session.id";
export const ATTR_EXCEPTION_TYPE = "exception.type";
export const ATTR_EXCEPTION_MESSAGE = "exception.message";
export const ATTR_EXCEPTION_STACKTRACE = "exception.stacktrace";

// Content, sent only when the user turned capture on. All but the query text are JSON strings.
export const ATTR_INPUT_MESSAGES = "gen_ai.input.messages";
export const ATTR_OUTPUT_MESSAGES = "gen_ai.output.messages";
export const ATTR_SYSTEM_INSTRUCTIONS = "gen_ai.system_instructions";
export const ATTR_TOOL_DEFINITIONS = "gen_ai.tool.definitions";
export const ATTR_TOOL_CALL_ARGUMENTS = "gen_ai.tool.call.arguments";
export const ATTR_TOOL_CALL_RESULT = "gen_ai.tool.call.result";
export const ATTR_RETRIEVAL_QUERY_TEXT = "gen_ai.retrieval.query.text";
export const ATTR_RETRIEVAL_DOCUMENTS = "gen_ai.retrieval.documents";

// Span attributes, ours.
export const ATTR_RUN_TYPE = "langchain.run.type";
export const ATTR_LANGGRAPH_NODE = "langgraph.node";
export const ATTR_LANGGRAPH_STEP = "langgraph.step";
export const ATTR_CACHE_HIT = "chainwatch.llm.cache_hit";
export const ATTR_USAGE_MISSING = "chainwatch.llm.usage_missing";
export const ATTR_TENANT = "chainwatch.tenant";
export const ATTR_REQUEST_ID = "chainwatch.request.id";
export const ATTR_REQUEST_TYPE = "chainwatch.request.type";
/** success | error | timeout | cancelled | abandoned | interrupted */
export const ATTR_OUTCOME = "outcome";
export const ATTR_REQUEST_LLM_CALLS = "chainwatch.request.llm_calls";
export const ATTR_REQUEST_TOKENS_INPUT = "chainwatch.request.tokens.input";
export const ATTR_REQUEST_TOKENS_OUTPUT = "chainwatch.request.tokens.output";
export const ATTR_REQUEST_TOKENS_TOTAL = "chainwatch.request.tokens.total";
export const ATTR_REQUEST_TOKENS_CACHED = "chainwatch.request.tokens.cached";
export const ATTR_REQUEST_TOKENS_REASONING = "chainwatch.request.tokens.reasoning";
/** US dollars, the sum of the priced calls under the request. Absent when no call had a price. */
export const ATTR_REQUEST_COST = "chainwatch.request.cost";

// Only on the request record.
/** Seconds. */
export const ATTR_REQUEST_DURATION = "chainwatch.request.duration";
/** Seconds spent in model calls, summed over the calls. */
export const ATTR_REQUEST_LLM_TIME = "chainwatch.request.llm_time";
export const ATTR_REQUEST_MODELS = "chainwatch.request.models";
/** Model calls whose price is unknown. */
export const ATTR_REQUEST_UNPRICED_CALLS = "chainwatch.request.unpriced_calls";
export const ATTR_REQUEST_TRACE_SAMPLED = "chainwatch.request.trace_sampled";
/** The prompts that it used, as `name@version`. Absent when no run named one. */
export const ATTR_REQUEST_PROMPTS = "chainwatch.request.prompts";
/** Sent only when withRequest() was given a query: then the app has chosen to. */
export const ATTR_REQUEST_QUERY = "chainwatch.request.query";

// Metric attribute of chainwatch.llm.tokens: input | output | cache_read | cache_write | reasoning.
export const ATTR_LLM_TOKEN_TYPE = "token.type";
// Metric attributes of chainwatch.telemetry.dropped and .errors.
/** span | metric_point | record | run */
export const ATTR_DROPPED_WHAT = "what";
export const ATTR_DROPPED_REASON = "reason";

// Events: the names of log records.
export const EVENT_REQUEST = "chainwatch.request";
export const EVENT_ERROR = "chainwatch.error";
/** The conventions' event for content; sent only when content capture names events. */
export const EVENT_INFERENCE_DETAILS = "gen_ai.client.inference.operation.details";

// Metric instruments, conventions.
/** Histogram, s. */
export const METRIC_OPERATION_DURATION = "gen_ai.client.operation.duration";
/** Histogram, {token}. */
export const METRIC_TOKEN_USAGE = "gen_ai.client.token.usage";
/** Histogram, s. Streams only. */
export const METRIC_TIME_TO_FIRST_CHUNK = "gen_ai.client.operation.time_to_first_chunk";
/** Histogram, s. */
export const METRIC_TOOL_DURATION = "gen_ai.execute_tool.duration";

// Metric instruments, ours.
/** Counter, {token}. */
export const METRIC_LLM_TOKENS = "chainwatch.llm.tokens";
/** Histogram, {USD}. */
export const METRIC_LLM_COST = "chainwatch.llm.cost";
/** Counter, {retry}. */
export const METRIC_LLM_RETRIES = "chainwatch.llm.retries";
/** Counter, {call}: calls that ended without token counts. */
export const METRIC_LLM_USAGE_MISSING = "chainwatch.llm.usage_missing";
/** Histogram, s. */
export const METRIC_REQUEST_DURATION = "chainwatch.request.duration";
/** Histogram, {USD}. */
export const METRIC_REQUEST_COST = "chainwatch.request.cost";
/** Histogram, {token}. */
export const METRIC_REQUEST_TOKENS = "chainwatch.request.tokens";
/** Histogram, {call}. */
export const METRIC_REQUEST_LLM_CALLS = "chainwatch.request.llm_calls";
/** Up-down counter, {request}. */
export const METRIC_REQUEST_ACTIVE = "chainwatch.request.active";
/** Gauge, {request}: the most requests at once since the last collection. */
export const METRIC_REQUEST_ACTIVE_PEAK = "chainwatch.request.active_peak";
/** Counter, {item}. */
export const METRIC_TELEMETRY_DROPPED = "chainwatch.telemetry.dropped";
/** Counter, {error}: faults inside Chainwatch that it kept away from the app. */
export const METRIC_TELEMETRY_ERRORS = "chainwatch.telemetry.errors";
/** Counter, {call}: model calls whose model has no known price. */
export const METRIC_PRICE_UNKNOWN = "chainwatch.price.unknown";

// Resource attributes.
export const RESOURCE_SERVICE_NAME = "service.name";
export const RESOURCE_SERVICE_VERSION = "service.version";
export const RESOURCE_SERVICE_INSTANCE_ID = "service.instance.id";
export const RESOURCE_ENVIRONMENT = "deployment.environment.name";
