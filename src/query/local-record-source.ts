import type { Dimension, DimensionValues, RecordDimension } from "../indicators/dimension.js";
import type { RecordQuestion } from "../indicators/record-question.js";
import type { RequestRecord } from "../store/request-record.js";
import type { RequestFilter, TelemetryStore } from "../store/telemetry-store.js";
import { answerInTime } from "./answer-in-time.js";
import { answeringSide, indicatorOf } from "./answering-side.js";
import type { IndicatorQuery } from "./metric-source.js";
import { QueryError } from "./query-error.js";
import { type QueryWindow, queryWindow } from "./query-window.js";
import { recordNumbers, recordShare, recordStatistic } from "./record-numbers.js";
import type { RecordSample, RecordSource } from "./record-source.js";
import { shareCalls } from "./shared-calls.js";

const RECORD_FIELD = {
  service: "service",
  environment: "environment",
  release: "release",
  instance: "instance",
  type: "type",
  user: "user_id",
  session: "session_id",
  tenant: "tenant",
} as const satisfies Record<RecordDimension, keyof RequestRecord>;

/** Records are read whole. Rather no answer than a slow server, or a figure of a part. */
export const MOST_REQUESTS_READ = 200_000;

interface RecordGroup {
  labels: DimensionValues;
  records: RequestRecord[];
}

/** Answers indicators from the request records of the local store. */
export class LocalRecordSource implements RecordSource {
  readonly name = "local";
  readonly #requests: (filter: RequestFilter) => Promise<RequestRecord[]>;

  constructor(store: Pick<TelemetryStore, "requests">) {
    this.#requests = shareCalls((filter) => store.requests(filter));
  }

  async query(asked: IndicatorQuery, signal?: AbortSignal): Promise<RecordSample[]> {
    answeringSide(asked, ["records"]);
    const { recordQuestion } = indicatorOf(asked);
    if (recordQuestion === undefined) return [];
    return answerInTime(asked.indicator, this.#answer(recordQuestion, asked), signal);
  }

  async #answer(question: RecordQuestion, asked: IndicatorQuery): Promise<RecordSample[]> {
    const records = await this.#ended(asked, queryWindow(asked));
    return [...groupRecords(records, asked.by ?? [])].flatMap((group) => samplesOf(question, group, asked.windowS));
  }

  async #ended({ indicator, where = {} }: IndicatorQuery, ended: QueryWindow): Promise<RequestRecord[]> {
    const records = await this.#requests({ ...where, ended, limit: MOST_REQUESTS_READ });
    if (records.length < MOST_REQUESTS_READ) return records;
    throw new QueryError(
      "invalid_question",
      `${indicator}: more than ${MOST_REQUESTS_READ} requests to read. Ask for a shorter window, or filter with where`,
    );
  }
}

function groupRecords(records: RequestRecord[], by: readonly Dimension[]): Iterable<RecordGroup> {
  const groups = new Map<string, RecordGroup>();
  for (const record of records) {
    const labels: DimensionValues = {};
    for (const dimension of by) {
      const value = record[RECORD_FIELD[dimension as RecordDimension]];
      if (value !== undefined) labels[dimension] = value;
    }
    const key = JSON.stringify(by.map((dimension) => labels[dimension] ?? null));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels, records: [record] });
    else group.records.push(record);
  }
  return groups.values();
}

function samplesOf(question: RecordQuestion, { labels, records }: RecordGroup, windowS: number): RecordSample[] {
  const one = (value: number | undefined, count: number): RecordSample[] =>
    value === undefined ? [] : [{ labels, value, count }];

  switch (question.ask) {
    case "count":
      return one(records.length, records.length);
    case "rate":
      return one(records.length / windowS, records.length);
    case "peak_rate":
      return one(mostInOneSlot(records, question.slotS) / question.slotS, records.length);
    case "percentage": {
      const { matching, n } = recordShare(records, question);
      return one(n === 0 ? undefined : (100 * matching) / n, n);
    }
    case "distinct": {
      const values = records.map((record) => record[question.field]).filter((value) => value !== undefined);
      return one(values.length === 0 ? undefined : new Set(values).size, values.length);
    }
    case "top":
      return mostFrequent(records, question.field, question.limit).map(([value, count]) => ({
        labels: { ...labels, [question.field]: value },
        value: count,
        count,
      }));
    default: {
      const numbers = recordNumbers(records, question);
      return one(numbers.length === 0 ? undefined : recordStatistic(question, numbers), numbers.length);
    }
  }
}

/** Unix time in microseconds. */
function requestEndUs(record: RequestRecord): number {
  return Date.parse(record.timestamp) * 1000 + Math.round(record.response_time * 1_000_000);
}

function mostInOneSlot(records: RequestRecord[], slotS: number): number {
  const counts = tally(records.map((record) => Math.ceil(requestEndUs(record) / (slotS * 1_000_000))));
  return [...counts.values()].reduce((most, count) => Math.max(most, count), 0);
}

function mostFrequent(records: RequestRecord[], field: "type" | "query", limit?: number): [string, number][] {
  const counts = tally(records.map((record) => record[field]).filter((value) => value !== undefined));
  // Equal counts in the order of the text, so that the list does not flicker.
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, limit);
}

function tally<Value>(values: readonly Value[]): Map<Value, number> {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
