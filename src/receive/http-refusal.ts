/** An answer other than 200, thrown where the reason is found. */
export class HttpRefusal extends Error {
  override readonly name = "HttpRefusal";

  /** @param status HTTP status. 429 and 503 tell the sender to try again; the other refusals are final. */
  constructor(
    readonly status: 400 | 405 | 408 | 413 | 415 | 429 | 503,
    message: string,
  ) {
    super(message);
  }
}
