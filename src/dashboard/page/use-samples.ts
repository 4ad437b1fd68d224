import type { Dimension } from "../../indicators/dimension.js";
import type { SamplesListView } from "../api/indicators-view.js";
import { apiPath } from "./api-path.js";
import { useLive } from "./use-live.js";

interface SplitQuestion {
  ids: readonly string[];
  by: Dimension;
  windowS: number;
  service: string | undefined;
  /** How many values of the split: those with the most of the first indicator. */
  limit: number;
}

/** What indicators are for one value of the split; absent: no data, which is not zero. */
export interface SplitRow {
  name: string;
  values: Readonly<Record<string, number | undefined>>;
}

export interface SplitRows {
  rows: readonly SplitRow[];
  /** How many values there are besides. */
  others: number;
  /** The first indicator's sum over all values; undefined where they do not add up. */
  total: number | undefined;
}

interface SplitAnswer {
  /** Undefined before the first answer. */
  data: SplitRows | undefined;
  failure: string | undefined;
}

const EVERY_MS = 10_000;

/** Several indicators split by one dimension, those with the most of the first on top. */
export function useSamples({ ids, by, windowS, service, limit }: SplitQuestion): SplitAnswer {
  const path = apiPath("/api/samples", { ids: ids.join(","), by, window: windowS, limit, "where.service": service });
  const { data, failure } = useLive<SamplesListView>(path, [], EVERY_MS);
  return { data: data && { rows: splitRows(data, by), others: data.others, total: data.total }, failure };
}

function splitRows({ indicators }: SamplesListView, by: Dimension): SplitRow[] {
  const found = new Map<string, Record<string, number | undefined>>();
  for (const { indicator, samples } of indicators) {
    for (const { labels, value } of samples) {
      const name = labels[by] ?? "";
      const values = found.get(name) ?? {};
      found.set(name, values);
      values[indicator] = value;
    }
  }
  const first = indicators[0]?.indicator ?? "";
  return [...found]
    .map(([name, values]) => ({ name, values }))
    .sort((a, b) => (b.values[first] ?? 0) - (a.values[first] ?? 0));
}
