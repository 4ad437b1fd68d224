import type { Indicator } from "./indicator.js";

/** Whether the value of a longer window is the sum of those of its parts, as a count's is and an average's is not. */
export function addsUp({ metricQuestion, recordQuestion }: Indicator): boolean {
  const ask = (metricQuestion ?? recordQuestion)?.ask;
  return ask === "count" || ask === "sum" || ask === "growth";
}
