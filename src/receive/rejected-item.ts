/** One span, data point or log record cannot be kept. The rest of its request is. */
export class RejectedItem extends Error {
  override readonly name = "RejectedItem";
}
