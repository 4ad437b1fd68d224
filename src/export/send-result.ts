/** How one attempt to send went. */
export type SendResult =
  /** `rejected`: items of the payload that the receiver would not take; they are lost. */
  { sent: true; rejected?: number } | SendFailure;

export interface SendFailure {
  sent: false;
  /** `retry`: later may work. `split`: the payload is too large. `reject`: the receiver will never take it. */
  next: "retry" | "split" | "reject";
  /** `code` holds the HTTP status or the word that Node has for a connection error. */
  error: Error;
  /** The receiver asked not to be tried again for so long, milliseconds. */
  retryAfterMs?: number;
}

/** One attempt, settled in finite time. Never rejects and never repeats by itself. */
export type Send<T> = (payload: T) => Promise<SendResult>;

/** `not_sent`: points of a time that has passed, which nothing sends again. */
export type DropReason = "queue_full" | "rejected" | "not_sent" | "shutdown";

/** HTTP statuses that later may turn into a success, besides all of 5xx. */
const PASSING_STATUSES = new Set([408, 429]);

/** What an error of an attempt means for its payload. */
export function sendFailure(error: Error, retryAfterMs?: number): SendFailure {
  const asked = retryAfterMs === undefined ? {} : { retryAfterMs };
  return { sent: false, next: nextStep((error as { code?: unknown }).code), error, ...asked };
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
