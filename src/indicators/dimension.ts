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
  "user",
  "session",
  "tenant",
] as const;

export type Dimension = (typeof DIMENSIONS)[number];

/** Values of some dimensions: the labels of a sample, or a filter. */
export type DimensionValues = Partial<Record<Dimension, string>>;
