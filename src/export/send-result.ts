/** How one attempt to send went. `answer` is undefined when none came, or an exporter of the app's own sent. */
export type SendResult =
  /** `rejected`: items of the payload that the receiver would not take; they are lost. */
  { sent: true; rejected?: number; answer?: ReceiverAnswer } | SendFailure;

/** What a receiver answered, as people may read it: no header that was sent is quoted. */
export interface ReceiverAnswer {
  /** HTTP status. */
  status: number;
  /** The beginning of its words, in one line; mostly empty. */
  said: string;
  /** Where it redirects to: no credentials, no query. */
  location?: string;
}

export interface SendFailure {
  sent: false;
  /** `retry`: later may work. `split`: the payload is too large. `reject`: the receiver will never take it. */
  next: "retry" | "split" | "reject";
  /** `code` holds the HTTP status or the word that Node has for a connection error. */
  error: Error;
  /** The receiver asked not to be tried again for so long, milliseconds. */
  retryAfterMs?: number;
  answer?: ReceiverAnswer;
}

/** `code` of an error: something answered, but no OTLP receiver. */
export const NOT_OTLP = "NOT_OTLP";
/** `code` of an error: the time was over. */
export const NO_ANSWER = "NO_ANSWER";

/** One attempt, settled in finite time. Never rejects and never repeats by itself. */
export type Send<T> = (payload: T) => Promise<SendResult>;

/** `not_sent`: points of a time that has passed, which nothing sends again. */
export type DropReason = "queue_full" | "rejected" | "not_sent" | "shutdown";

/** HTTP statuses that later may turn into a success, besides all of 5xx. */
const PASSING_STATUSES = new Set([408, 429]);

/** What an error of an attempt means for its payload. */
export function sendFailure(error: Error, more: Pick<SendFailure, "retryAfterMs" | "answer"> = {}): SendFailure {
  return { sent: false, next: nextStep((error as { code?: unknown }).code), error, ...more };
}

function nextStep(code: unknown): SendFailure["next"] {
  // Below 300 are the codes of other protocols, such as gRPC's, of which none says "never".
  if (typeof code !== "number" || code < 300) return "retry";
  if (code === 413) return "split";
  return code < 500 && !PASSING_STATUSES.has(code) ? "reject" : "retry";
}

/** What was thrown, as an error. */
export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
