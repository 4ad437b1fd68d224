import type { Dimension, DimensionValues, RecordDimension } from "../indicators/dimension.js";
import type { RecordNumber, RecordQuestion } from "../indicators/record-question.js";
import { requestEndUs } from "../store/request-end.js";
import { labelsOf } from "../store/request-labels.js";
import type { RequestRecord } from "../store/request-record.js";
import {
  type RequestTotals,
  TOTALS_DIMENSIONS,
  type TotalsDimension,
  type TotalsSplit,
  TotalsSum,
  totalsCut,
} from "../store/request-totals.js";
import type {
  ActiveUsers,
  CountedField,
  RequestFilter,
  RequestTotalsQuery,
  TelemetryStore,
  ValueCount,
  ValueCountsQuery,
} from "../store/telemetry-store.js";
import { answerInTime } from "./answer-in-time.js";
import { answeringSide, indicatorOf } from "./answering-side.js";
import type { IndicatorQuery } from "./metric-source.js";
import { QueryError } from "./query-error.js";
import { type QueryWindow, queryWindow } from "./query-window.js";
import { recordNumbers, recordStatistic } from "./record-numbers.js";
import type { RecordSample, RecordSource } from "./record-source.js";
import { type SampleSeries, type SeriesQuery, type SeriesTimes, seriesOf, timesOf } from "./series-source.js";
import { shareCalls } from "./shared-calls.js";

/** Each record is read or looked into. Rather no answer than a slow server, or a figure of a part. */
const MOST_REQUESTS_READ = 200_000;

/** A question without its time. */
type Asked = Omit<IndicatorQuery, "atMs">;
type AnswersFromTotals = (totals: readonly RequestTotals[], windowS: number) => RecordSample[];

interface RecordGroup {
  labels: DimensionValues;
  records: RequestRecord[];
}

/**
 * Answers indicators from the request records of the local store: sums, counts and users from the store's totals, as
 * far back as those are kept; percentiles, peaks, queries, and splits that totals do not have, from the records.
 */
export class LocalRecordSource implements RecordSource {
  readonly name = "local";
  readonly #requests: (filter: RequestFilter) => Promise<RequestRecord[]>;
  readonly #totals: (query: RequestTotalsQuery) => Promise<RequestTotals[][]>;
  readonly #users: (query: RequestTotalsQuery) => Promise<ActiveUsers[][]>;
  readonly #counts: (query: ValueCountsQuery) => Promise<ValueCount[] | undefined>;
  readonly #since: () => Promise<number>;

  constructor(
    store: Pick<TelemetryStore, "requests" | "requestTotals" | "activeUsers" | "valueCounts" | "requestsSince">,
  ) {
    this.#requests = shareCalls((filter) => store.requests(filter));
    this.#totals = shareCalls((query) => store.requestTotals(query));
    this.#users = shareCalls((query) => store.activeUsers(query));
    this.#counts = shareCalls((query) => store.valueCounts(query));
    this.#since = () => store.requestsSince();
  }

  async query(asked: IndicatorQuery, signal?: AbortSignal): Promise<RecordSample[]> {
    const [samples = []] = await this.#answers(asked, [asked.atMs], signal);
    return samples;
  }

  async querySeries(asked: SeriesQuery, times: SeriesTimes, signal?: AbortSignal): Promise<SampleSeries[]> {
    return seriesOf(await this.#answers(asked, timesOf(times), signal), times, asked);
  }

  /** A list of samples for each time. */
  async #answers(asked: Asked, timesMs: readonly number[], signal: AbortSignal | undefined): Promise<RecordSample[][]> {
    answeringSide(asked, ["records"]);
    const { recordQuestion } = indicatorOf(asked);
    if (recordQuestion === undefined) return [];
    const windows = timesMs.map((atMs) => queryWindow({ ...asked, atMs }));
    return answerInTime(asked.indicator, this.#answer(recordQuestion, asked, windows), signal);
  }

  async #answer(question: RecordQuestion, asked: Asked, windows: readonly QueryWindow[]): Promise<RecordSample[][]> {
    const { where = {}, windowS } = asked;
    const by = recordDimensions(asked);
    const split = totalsSplit(by, where);
    if (question.ask === "distinct" && split !== undefined && hasTotals(split, "user")) {
      const answers = await this.#users({ ...split, windows });
      return answers.map((groups) =>
        groups.map(({ labels, users, requests }) => ({ labels, value: users, count: requests })),
      );
    }
    if (question.ask === "top") return this.#top(question, asked, windows);
    const fromTotals = answersFromTotals(question);
    if (fromTotals !== undefined && split !== undefined && hasTotals(split)) {
      // Of one window all that tables show side by side is asked at once; a chart of many asks for its own.
      const numbers = windows.length === 1 ? {} : { numbers: numbersOf(question) };
      const answers = await this.#totals({ ...split, ...numbers, windows });
      return answers.map((totals) => [...groupsOf(totals, split.by)].flatMap((group) => fromTotals(group, windowS)));
    }
    await this.#refuseDropped(asked, windows);
    return Promise.all(
      windows.map(async (window) => {
        const records = await this.#ended(asked, window);
        return [...groupRecords(records, by)].flatMap((group) => samplesOf(question, group, windowS));
      }),
    );
  }

  /** The most frequent values of a field. */
  async #top(
    { field, limit }: Extract<RecordQuestion, { ask: "top" }>,
    asked: Asked,
    windows: readonly QueryWindow[],
  ): Promise<RecordSample[][]> {
    const { indicator } = asked;
    // The field itself is a label of every value.
    const by = recordDimensions(asked).filter((dimension) => dimension !== field);
    const where = asked.where ?? {};
    const split = totalsSplit(by, where);
    if (field === "type" && split !== undefined && hasTotals(split, "type")) {
      const answers = await this.#totals({ by: [...split.by, "type"], where: split.where, numbers: [], windows });
      return answers.map((totals) =>
        mostFrequent(
          totals.map(({ labels: { type = "", ...labels }, requests }) => ({ labels, value: type, requests })),
          { field, by, limit },
        ),
      );
    }
    await this.#refuseDropped(asked, windows);
    return Promise.all(
      windows.map(async (ended) => {
        const counts = await this.#counts({ field, by, where, ended, most: MOST_REQUESTS_READ });
        if (counts === undefined) throw tooMany(indicator);
        return mostFrequent(counts, { field, by, limit });
      }),
    );
  }

  /** Of an older window, a part of the records is there no more. */
  async #refuseDropped({ indicator }: Asked, windows: readonly QueryWindow[]): Promise<void> {
    const sinceUs = await this.#since();
    if (windows.every(({ fromUs }) => fromUs >= sinceUs)) return;
    const since = new Date(sinceUs / 1_000).toISOString();
    throw new QueryError(
      "invalid_question",
      `${indicator}: only request records answer this, and older ones than of ${since} were dropped. Ask for a window after that`,
    );
  }

  async #ended({ indicator, where = {} }: Asked, ended: QueryWindow): Promise<RequestRecord[]> {
    const records = await this.#requests({ ...where, ended, limit: MOST_REQUESTS_READ + 1 });
    if (records.length <= MOST_REQUESTS_READ) return records;
    throw tooMany(indicator);
  }
}

const tooMany = (indicator: string): QueryError =>
  new QueryError(
    "invalid_question",
    `${indicator}: more than ${MOST_REQUESTS_READ} requests to read. Ask for a shorter window, or filter with where`,
  );

/** Others were refused before. */
const recordDimensions = ({ by = [] }: Asked): RecordDimension[] => [...by] as RecordDimension[];

/** The split as totals are asked for it; undefined when it has dimensions that totals do not. */
function totalsSplit(by: readonly Dimension[], where: DimensionValues): TotalsSplit | undefined {
  const isKnown = (dimension: string): dimension is TotalsDimension =>
    (TOTALS_DIMENSIONS as readonly string[]).includes(dimension);
  if (![...by, ...Object.keys(where)].every(isKnown)) return undefined;
  return { by: by.filter(isKnown), where };
}

const hasTotals = ({ by, where }: TotalsSplit, ...more: TotalsDimension[]): boolean =>
  totalsCut({ by: [...by, ...more], where }) !== undefined;

/** The totals of each combination of labels, one an outcome. */
function groupsOf(totals: readonly RequestTotals[], by: readonly TotalsDimension[]): Iterable<RequestTotals[]> {
  const groups = new Map<string, RequestTotals[]>();
  for (const total of totals) {
    const key = JSON.stringify(by.map((dimension) => total.labels[dimension] ?? null));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [total]);
    else group.push(total);
  }
  return groups.values();
}

const numbersOf = (question: RecordQuestion): RecordNumber[] =>
  question.ask === "sum" || question.ask === "mean" ? [question.field] : [];

/** How a question is answered from the totals of one combination of labels; undefined: it cannot be. */
function answersFromTotals(question: RecordQuestion): AnswersFromTotals | undefined {
  const counted = (totals: readonly RequestTotals[], outcomes?: readonly string[]): RequestTotals[] =>
    totals.filter(({ outcome }) => outcomes === undefined || outcomes.includes(outcome));
  const added = (totals: readonly RequestTotals[], number: (total: RequestTotals) => number): number =>
    totals.reduce((sum, total) => sum + number(total), 0);
  const requestsOf = (totals: readonly RequestTotals[]): number => added(totals, ({ requests }) => requests);
  const sample = (totals: readonly RequestTotals[], value: (count: number) => number, count: number): RecordSample[] =>
    count === 0 ? [] : [{ labels: totals[0]?.labels ?? {}, value: value(count), count }];

  switch (question.ask) {
    case "count":
      return (totals) => sample(totals, (count) => count, requestsOf(totals));
    case "rate":
      return (totals, windowS) => sample(totals, (count) => count / windowS, requestsOf(totals));
    case "percentage":
      return (totals) => {
        const rated = counted(totals, question.outcomes);
        const matching = requestsOf(counted(rated, question.matching));
        return sample(totals, (count) => (100 * matching) / count, requestsOf(rated));
      };
    case "sum":
    case "mean": {
      const { ask, field } = question;
      return (totals) => {
        const some = counted(totals, question.outcomes);
        const sum = added(some, ({ sums }) => sums[field] ?? 0);
        const count = field === "cost_usd" ? added(some, ({ priced }) => priced) : requestsOf(some);
        return sample(totals, () => (ask === "sum" ? sum : sum / count), count);
      };
    }
    default:
      return undefined;
  }
}

/** Records added up as one group. */
function totalsOf({ labels, records }: RecordGroup): RequestTotals[] {
  const sum = new TotalsSum([]);
  for (const record of records) sum.addRecord(record);
  return sum.list().map((total) => ({ ...total, labels }));
}

function groupRecords(records: RequestRecord[], by: readonly RecordDimension[]): Iterable<RecordGroup> {
  const groups = new Map<string, RecordGroup>();
  for (const record of records) {
    const labels = labelsOf(record, by);
    const key = JSON.stringify(by.map((dimension) => labels[dimension] ?? null));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels, records: [record] });
    else group.records.push(record);
  }
  return groups.values();
}

function samplesOf(question: RecordQuestion, group: RecordGroup, windowS: number): RecordSample[] {
  const { labels, records } = group;
  const one = (value: number | undefined, count: number): RecordSample[] =>
    value === undefined ? [] : [{ labels, value, count }];

  switch (question.ask) {
    case "peak_rate":
      return one(mostInOneSlot(records, question.slotS) / question.slotS, records.length);
    case "quantile": {
      const numbers = recordNumbers(records, question);
      return one(numbers.length === 0 ? undefined : recordStatistic(question, numbers), numbers.length);
    }
    case "distinct": {
      const values = records.map((record) => record[question.field]).filter((value) => value !== undefined);
      return one(values.length === 0 ? undefined : new Set(values).size, values.length);
    }
    default:
      return answersFromTotals(question)?.(totalsOf(group), windowS) ?? [];
  }
}

function mostInOneSlot(records: RequestRecord[], slotS: number): number {
  const counts = tally(records.map((record) => Math.ceil(requestEndUs(record) / (slotS * 1_000_000))));
  return [...counts.values()].reduce((most, count) => Math.max(most, count), 0);
}

/**
 * For each group the values that most of its requests have. Equal counts are in the order of the text, so that the list
 * does not flicker.
 */
function mostFrequent(
  counts: readonly ValueCount[],
  { field, by, limit }: { field: CountedField; by: readonly RecordDimension[]; limit: number | undefined },
): RecordSample[] {
  const groups = new Map<string, { labels: ValueCount["labels"]; counts: Map<string, number> }>();
  for (const { labels, value, requests } of counts) {
    const key = JSON.stringify(by.map((dimension) => labels[dimension] ?? null));
    const group = groups.get(key) ?? { labels, counts: new Map<string, number>() };
    groups.set(key, group);
    group.counts.set(value, (group.counts.get(value) ?? 0) + requests);
  }
  return [...groups.values()].flatMap(({ labels, counts }) =>
    [...counts]
      .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .slice(0, limit)
      .map(([value, count]) => ({ labels: { ...labels, [field]: value }, value: count, count })),
  );
}

function tally<Value>(values: readonly Value[]): Map<Value, number> {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
