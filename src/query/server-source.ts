import type { IndicatorQuery, MetricSource, Sample } from "./metric-source.js";
import type { ServerClient } from "./server-client.js";

/** Answers every indicator, from metrics or records, by the API of a running Chainwatch server. */
export class ServerSource implements MetricSource {
  readonly name: string;

  constructor(private readonly client: ServerClient) {
    this.name = client.name;
  }

  async query({ indicator, windowS, atMs, by = [], where = {} }: IndicatorQuery, signal?: AbortSignal) {
    const parameters = new URLSearchParams({ window: String(windowS), at: new Date(atMs).toISOString() });
    if (by.length > 0) parameters.set("by", by.join(","));
    for (const [dimension, value] of Object.entries(where)) parameters.set(`where.${dimension}`, value);
    const path = `/api/indicators/${encodeURIComponent(indicator)}`;
    try {
      return await this.client.list<Sample>(path, parameters, "samples", signal);
    } finally {
      signal?.throwIfAborted();
    }
  }
}
