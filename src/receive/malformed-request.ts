/** The request as a whole cannot be read: answered with 400, which tells the sender not to try again. */
export class MalformedRequest extends Error {
  override readonly name = "MalformedRequest";
}
