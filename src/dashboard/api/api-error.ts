/** Why a call of the JSON API failed, as its answer says it: `{ error: { message, expected?, found? } }`. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: 400 | 403 | 404 | 405 | 409 | 503 | 507,
    message: string,
    readonly detail: { expected?: string; found?: string } = {},
  ) {
    super(message);
  }

  toJSON(): { error: { message: string; expected?: string; found?: string } } {
    return { error: { message: this.message, ...this.detail } };
  }
}
