/** What an indicator can be split by or filtered on. The last three only records carry; metrics never do. */
export const DIMENSIONS = [
  "service",
  "environment",
  "release",
  "instance",
  "type",
  "model",
  "provider",
  "tool",
  "what",
  "reason",
  "user",
  "session",
  "tenant",
] as const;

export type Dimension = (typeof DIMENSIONS)[number];

/**
 * What request records can be split by. Not the model: a request may use several, and its time and cost are not
 * theirs alone.
 */
export const RECORD_DIMENSIONS = [
  "service",
  "environment",
  "release",
  "instance",
  "type",
  "user",
  "session",
  "tenant",
] as const satisfies readonly Dimension[];

export type RecordDimension = (typeof RECORD_DIMENSIONS)[number];

/** Values of some dimensions: the labels of a sample, or a filter. */
export type DimensionValues = Partial<Record<Dimension, string>>;
