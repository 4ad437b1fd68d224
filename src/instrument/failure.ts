import type { TextFilter } from "./bounded-json.js";
import { isList, items, numberProperty, property, stringProperty } from "./property.js";
import { maskSecrets } from "./secret-mask.js";

/** How a run that threw is counted. An interrupt is a pause of a graph, no error. */
export type FailureOutcome = "error" | "timeout" | "cancelled" | "interrupted";

/** What is known of a run that threw, safe to send as it is. */
export interface Failure {
  readonly outcome: FailureOutcome;
  /**
   * Value of `error.type`: timeout, cancelled, interrupted, rate_limit, content_filter, authentication, not_found,
   * invalid_request, server_error, else the error's class, else `_OTHER`.
   */
  readonly errorType: string;
  /** Class name of the error, such as `RateLimitError`. */
  readonly exceptionType: string;
  /** Without content capture: class, HTTP status and codes only. */
  readonly message: string;
  /** Without content capture: the frames only. */
  readonly stack?: string;
}

/** What the caller knows beside the error. */
export interface FailureHints {
  /** The signal of the call, in LangChain `extraParams.options.signal`: it tells a timeout from a user's abort. */
  readonly signal?: unknown;
  /** The caller knows that the user aborted the call. */
  readonly aborted?: boolean;
  /** The configured timeout of the call, in LangChain `metadata.timeoutMs`. */
  readonly timeoutMs?: number;
  readonly durationMs?: number;
}

/** How the texts of an error may be shown. */
export interface FailureTextOptions {
  /** Off: free text may hold the prompt, so none is kept. */
  readonly captureContent: boolean;
  /** With capture on, the user's redaction: it sees the whole message and stack first. Must not throw. */
  readonly filter?: TextFilter | undefined;
}

const MESSAGE_LIMIT = 2_048;
const STACK_LIMIT = 8_192;
const MOST_CAUSES = 5;

/**
 * Classifies what a run threw.
 *
 * @param error Anything: an Error, a string, a frozen or hostile object.
 */
export function classifyFailure(
  error: unknown,
  hints: FailureHints = {},
  text: FailureTextOptions = { captureContent: false },
): Failure {
  const chain = causes(error);
  const errorType = knownType(chain, hints) ?? className(error) ?? "_OTHER";
  return {
    outcome: outcomeOf(errorType),
    errorType,
    exceptionType: className(error) ?? nameOfType(error),
    ...failureText(error, text),
  };
}

function outcomeOf(errorType: string): FailureOutcome {
  if (errorType === "timeout" || errorType === "cancelled" || errorType === "interrupted") return errorType;
  return "error";
}

/** The error and what it names as its causes, outermost first. */
function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  let current: unknown = error;
  while (current !== undefined && current !== null && chain.length < MOST_CAUSES && !chain.includes(current)) {
    chain.push(current);
    current = property(current, "cause") ?? items(property(current, "errors"), 1)[0];
  }
  return chain;
}

function knownType(chain: readonly unknown[], hints: FailureHints): string | undefined {
  if (chain.some(isInterrupt)) return "interrupted";
  for (const error of chain) {
    const type = isAbort(error, hints) ? abortType(hints) : (timeoutType(error) ?? providerType(error));
    if (type !== undefined) return type;
  }
  return hints.aborted === true ? "cancelled" : undefined;
}

function isInterrupt(error: unknown): boolean {
  if (property(error, "is_bubble_up") === true) return true;
  const name = className(error);
  return name === "GraphInterrupt" || name === "NodeInterrupt";
}

const ABORT_NAMES = new Set(["AbortError", "ModelAbortError", "APIUserAbortError", "CancelledError", "CanceledError"]);
const ABORT_CODES = new Set(["ABORT_ERR", "ERR_CANCELED"]);

/** LangChain rejects with the signal's own reason, or with a plain Error whose message only says "Aborted". */
function isAbort(error: unknown, hints: FailureHints): boolean {
  const name = className(error);
  if (name !== undefined && ABORT_NAMES.has(name)) return true;
  const code = stringProperty(error, "code");
  if (code !== undefined && ABORT_CODES.has(code)) return true;
  const message = property(error, "message");
  if (message === "Aborted" || message === "AbortError") return true;
  const reason = isAborted(hints.signal) ? property(hints.signal, "reason") : undefined;
  return reason !== undefined && (reason === error || reason === message);
}

function abortType({ signal, aborted, timeoutMs, durationMs }: FailureHints): "timeout" | "cancelled" {
  if (isAborted(signal)) return isTimeout(property(signal, "reason")) ? "timeout" : "cancelled";
  if (aborted === true || timeoutMs === undefined || durationMs === undefined) return "cancelled";
  // The clock of the timeout starts a little before the run's own.
  return durationMs >= timeoutMs * 0.9 ? "timeout" : "cancelled";
}

function isAborted(signal: unknown): boolean {
  return property(signal, "aborted") === true;
}

const TIMEOUT_NAMES = new Set([
  "TimeoutError",
  "APIConnectionTimeoutError",
  "ConnectTimeoutError",
  "HeadersTimeoutError",
  "BodyTimeoutError",
]);
const TIMEOUT_CODES = new Set([
  "ETIMEDOUT",
  "ESOCKETTIMEDOUT",
  "ECONNABORTED",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
]);

function isTimeout(error: unknown): boolean {
  const name = className(error);
  if (name !== undefined && TIMEOUT_NAMES.has(name)) return true;
  const code = stringProperty(error, "code");
  return code !== undefined && TIMEOUT_CODES.has(code);
}

function timeoutType(error: unknown): "timeout" | undefined {
  const status = statusOf(error);
  return isTimeout(error) || status === 408 || status === 504 ? "timeout" : undefined;
}

const CODE_TYPES: ReadonlyMap<string, string> = new Map([
  ["content_filter", "content_filter"],
  ["content_policy_violation", "content_filter"],
  ["responsibleaipolicyviolation", "content_filter"],
  ["model_rate_limit", "rate_limit"],
  ["rate_limit_exceeded", "rate_limit"],
  ["rate_limit_error", "rate_limit"],
  ["insufficient_quota", "rate_limit"],
  ["resource_exhausted", "rate_limit"],
  ["throttlingexception", "rate_limit"],
  ["model_authentication", "authentication"],
  ["invalid_api_key", "authentication"],
  ["authentication_error", "authentication"],
  ["permission_error", "authentication"],
  ["model_not_found", "not_found"],
  ["not_found_error", "not_found"],
  ["invalid_tool_results", "invalid_request"],
  ["context_length_exceeded", "invalid_request"],
  ["overloaded_error", "server_error"],
  ["api_error", "server_error"],
]);
const STATUS_TYPES: ReadonlyMap<number, string> = new Map([
  [400, "invalid_request"],
  [401, "authentication"],
  [403, "authentication"],
  [404, "not_found"],
  [413, "invalid_request"],
  [422, "invalid_request"],
  [429, "rate_limit"],
]);

/** Codes before the status: a content filter answers 400, a used-up quota sometimes 403. */
function providerType(error: unknown): string | undefined {
  for (const code of codesOf(error)) {
    const type = CODE_TYPES.get(code.toLowerCase());
    if (type !== undefined) return type;
  }
  const name = className(error) ?? "";
  if (/ContentFilter|ContentPolicy|ModelRefusal/.test(name)) return "content_filter";
  if (/RateLimit|Throttl/.test(name)) return "rate_limit";
  if (name === "ContextOverflowError") return "invalid_request";
  const status = statusOf(error);
  if (status === undefined) return undefined;
  return STATUS_TYPES.get(status) ?? (status >= 500 && status < 600 ? "server_error" : undefined);
}

/** The codes of LangChain and of the provider; words that are no code (a code has no spaces) are left out. */
function codesOf(error: unknown): string[] {
  const body = property(error, "error");
  const inner = property(body, "error");
  return [
    property(error, "lc_error_code"),
    property(error, "code"),
    property(body, "code"),
    property(property(body, "innererror"), "code"),
    property(inner, "code"),
    property(inner, "type"),
    property(error, "type"),
  ].filter((code): code is string => typeof code === "string" && CODE.test(code));
}

function statusOf(error: unknown): number | undefined {
  const status =
    numberProperty(error, "status") ??
    numberProperty(error, "statusCode") ??
    numberProperty(property(error, "response"), "status") ??
    numberProperty(property(error, "$metadata"), "httpStatusCode") ??
    numberProperty(error, "code");
  return status !== undefined && Number.isInteger(status) && status >= 100 && status < 600 ? status : undefined;
}

const CODE = /^[A-Za-z][\w.-]{1,63}$/;
const CLASS_NAME = /^[A-Za-z_$][\w$.]{0,63}$/;

/** `name`, else the constructor's; `undefined` when it says nothing (`Error`, `Object`) or is no class name. */
function className(error: unknown): string | undefined {
  for (const name of [property(error, "name"), property(property(error, "constructor"), "name")]) {
    if (typeof name === "string" && CLASS_NAME.test(name) && !PLAIN_NAMES.has(name)) return name;
  }
  return undefined;
}

const PLAIN_NAMES = new Set([
  "Error",
  "Object",
  "Function",
  "String",
  "Number",
  "Boolean",
  "Array",
  "Symbol",
  "BigInt",
]);

function nameOfType(error: unknown): string {
  if (error === null) return "null";
  if (isList(error)) return "array";
  return typeof property(error, "message") === "string" ? "Error" : typeof error;
}

/**
 * The message and stack of an error as they may be sent.
 *
 * Providers echo prompts and keys in their messages. Without content capture the message is put together from facts
 * that cannot hold them, and the stack is its frames only.
 */
export function failureText(
  error: unknown,
  { captureContent, filter = unchanged }: FailureTextOptions,
): { readonly message: string; readonly stack?: string } {
  const stack = property(error, "stack");
  const message = captureContent ? filter(freeText(error)) || facts(error) : facts(error);
  const shownStack = typeof stack === "string" ? (captureContent ? filter(stack) : frames(stack, error)) : undefined;
  return {
    message: shown(message, MESSAGE_LIMIT),
    ...(shownStack ? { stack: shown(shownStack, STACK_LIMIT) } : {}),
  };
}

function unchanged(text: string): string {
  return text;
}

/** `RateLimitError (HTTP 429, MODEL_RATE_LIMIT, rate_limit_exceeded)` */
function facts(error: unknown): string {
  const status = statusOf(error);
  const known = codesOf(error).filter((code, index, all) => code !== "Error" && all.indexOf(code) === index);
  const details = [...(status === undefined ? [] : [`HTTP ${status}`]), ...known.slice(0, 3)];
  const name = className(error) ?? nameOfType(error);
  return maskSecrets(details.length === 0 ? name : `${name} (${details.join(", ")})`);
}

function freeText(error: unknown): string {
  const message = typeof error === "string" ? error : property(error, "message");
  return typeof message === "string" ? message : "";
}

function shown(text: string, limit: number): string {
  // Masked with room to spare, so that no secret is cut in two at the limit and missed.
  const masked = maskSecrets(text.slice(0, limit * 2));
  return masked.length <= limit ? masked : `${masked.slice(0, limit - 1)}…`;
}

const FRAME = /^\s{2,}at (?:.{1,300}[:(]\d+(?::\d+)?\)?|.{0,200}\((?:native|<anonymous>|index \d+)\)|<anonymous>)$/;
const LONGEST_STACK = 65_536;
const LONGEST_CLASS = 128;
/** What LangChain adds to a message after the stack was written. */
const ADDED_HINT = "\n\nTroubleshooting URL: ";

/**
 * The frames of a stack without the message before them.
 *
 * The message may itself hold lines that look like frames (a prompt that asks about a stack trace), so the frames
 * count only after the place where the message ends. A stack that does not show the message is left out.
 */
function frames(stack: string, error: unknown): string | undefined {
  const message = property(error, "message");
  if (typeof message !== "string" || stack.length > LONGEST_STACK) return undefined;
  const end = messageEnd(stack, message);
  if (end === undefined) return undefined;
  const lines = stack.slice(end).split("\n");
  return lines.filter((line) => FRAME.test(line)).join("\n") || undefined;
}

const HEADER_WITHOUT_MESSAGE = /^[\w$.]{1,128}(?: \[\w+\])?:? ?(?=\n)/;

/** V8 writes `Class: message`, then the frames. */
function messageEnd(stack: string, message: string): number | undefined {
  const [original = ""] = message.split(ADDED_HINT, 1);
  if (original === "") return HEADER_WITHOUT_MESSAGE.exec(stack)?.[0].length;
  const start = stack.indexOf(original);
  if (start === -1 || start > LONGEST_CLASS || (start > 0 && stack.slice(start - 2, start) !== ": ")) return undefined;
  const end = start + original.length;
  return end === stack.length || stack[end] === "\n" ? end : undefined;
}
