export type QueryErrorReason =
  | "unknown_indicator"
  | "unsupported_dimension"
  | "invalid_question"
  | "timeout"
  | "source_failed";

/** A question that got no answer. It is never the same as "no data". */
export class QueryError extends Error {
  override readonly name = "QueryError";

  constructor(
    readonly reason: QueryErrorReason,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
