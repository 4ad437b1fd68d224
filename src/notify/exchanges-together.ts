import type { Exchange } from "./delivery.js";

/** Several exchanges of one attempt as one: a line each. What all sent alike is there once. */
export function exchangesTogether(exchanges: readonly Exchange[]): Exchange {
  const bodies = exchanges.flatMap(({ body }) => body ?? []);
  const answers = exchanges.flatMap(({ answer }) => answer ?? []);
  return {
    request: linesOf(exchanges.map(({ request }) => request)),
    ...(bodies.length > 0 && { body: linesOf(bodies) }),
    ...(answers.length > 0 && { answer: answers.join("\n") }),
  };
}

function linesOf(texts: readonly string[]): string {
  return [...new Set(texts)].join("\n");
}
