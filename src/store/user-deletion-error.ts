/** A user's data is not all gone. The message says why, and what to do. */
export class UserDeletionError extends Error {
  override readonly name = "UserDeletionError";

  constructor(
    message: string,
    readonly reason: "disk_full" | "failed",
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
