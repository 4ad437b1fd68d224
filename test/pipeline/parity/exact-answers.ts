import type { DimensionValues } from "../../../src/indicators/dimension.js";
import { SHORTEST_DURATION_S } from "../../../src/instrument/metric-instruments.js";
import type { Outcome } from "../../../src/instrument/request.js";
import type { IndicatorQuery } from "../../../src/query/metric-source.js";
import { PRICES, reportsMs, type ScriptedCall, type ScriptedRequest, type ScriptedTool } from "./app-script.js";
import { ENVIRONMENT, type RecordedApp } from "./recorded-app.js";

/** Something that happened, with the time at which its app first reported it, Unix milliseconds. */
interface Fact {
  app: RecordedApp;
  labels: DimensionValues;
  reportedMs: number;
  seconds: number;
}

interface RequestFact extends Fact {
  request: ScriptedRequest;
  costUsd: number | undefined;
}

interface CallFact extends Fact {
  call: ScriptedCall;
  costUsd: number | undefined;
}

interface ToolFact extends Fact {
  tool: ScriptedTool;
}

interface CountedFact extends Fact {
  items: number;
}

/** An exact answer for one combination of split values. */
export interface ExactSample {
  labels: DimensionValues;
  value: number;
  /** Of a percentile where any value between two neighbours is right: the upper one. */
  upper?: number;
  /** Undefined: not compared. */
  count: number | undefined;
}

type Answer = (question: IndicatorQuery) => ExactSample[];

/**
 * The answers by plain arithmetic over what the scripts say: no histogram, no counter, no query. Percentiles are by
 * nearest rank. A call, tool run or request belongs to the window in which its app first reported it.
 */
export class ExactAnswers {
  readonly #apps: readonly RecordedApp[];
  readonly #answers: Readonly<Record<string, Answer>>;

  constructor(apps: readonly RecordedApp[]) {
    this.#apps = apps;
    const requests = apps.flatMap(requestFacts);
    const rated = requests.filter(({ request }) => RATED.includes(request.outcome));
    const allCalls = apps.flatMap(callFacts);
    const chats = allCalls.filter(({ call }) => call.kind === "chat");
    const streams = allCalls.filter(({ call }) => call.firstChunkMs !== undefined && call.cached !== true);
    const counted = allCalls.filter(({ call }) => call.tokens !== undefined);
    const pricedCalls = allCalls.filter(({ costUsd }) => costUsd !== undefined);
    const pricedRequests = requests.filter(({ costUsd }) => costUsd !== undefined);
    const retries = apps.flatMap(retryFacts);
    const tools = apps.flatMap(toolFacts);

    const seconds = (facts: Fact[]): number[] => facts.map((fact) => fact.seconds);
    const costs = (facts: (RequestFact | CallFact)[]): number[] => facts.map(({ costUsd }) => costUsd ?? 0);
    const tokens = (take: (tokens: NonNullable<ScriptedCall["tokens"]>) => number): Answer => {
      const values = (facts: CallFact[]) =>
        facts.map(({ call }) => (call.tokens === undefined ? 0 : take(call.tokens)));
      return this.#figure(counted, (facts) => sum(values(facts)), allCalls);
    };
    const outcomeRate = (outcome: Outcome): Answer =>
      this.#figure(rated, (facts) => percentage(facts, ({ request }) => request.outcome === outcome), rated, requests);

    this.#answers = {
      "response_time.avg": this.#figure(rated, (facts) => mean(seconds(facts))),
      "response_time.p50": this.#quantile(rated, 0.5),
      "response_time.p95": this.#quantile(rated, 0.95),
      "response_time.p99": this.#quantile(rated, 0.99),
      "requests.count": this.#figure(requests, (facts) => facts.length),
      "requests.rate": this.#figure(requests, (facts, { windowS }) => facts.length / windowS),
      "requests.rate_peak": this.#figure(requests, (facts) => mostInOneMinute(facts) / 60),
      "concurrency.current": (question) => this.#current(question),
      "concurrency.peak": (question) => this.#peak(question),
      "ttft.p50": this.#quantile(streams.map(firstChunk), 0.5),
      "ttft.p95": this.#quantile(streams.map(firstChunk), 0.95),
      success_rate: outcomeRate("success"),
      error_rate: outcomeRate("error"),
      timeout_rate: outcomeRate("timeout"),
      "llm.calls": this.#figure(chats, (facts) => facts.length, chats, allCalls),
      "llm.time": this.#figure(chats, (facts) => sum(seconds(facts)), chats, allCalls),
      "llm.error_rate": this.#figure(notCutShort(chats), (facts) => percentage(facts, hasFailed)),
      "llm.retries": this.#figure(retries, (facts) => facts.length, chats, counted),
      "tokens.input": tokens(({ input }) => input),
      "tokens.output": tokens(({ output }) => output),
      "tokens.total": tokens(({ input, output }) => input + output),
      "tokens.cached": tokens(({ cacheRead }) => cacheRead),
      "tokens.reasoning": tokens(({ reasoning }) => reasoning),
      "tokens.per_request": this.#figure(requests, (facts) => mean(facts.map(tokensOf))),
      "cost.total": this.#figure(pricedCalls, (facts) => sum(costs(facts))),
      "cost.per_request": this.#figure(pricedRequests, (facts) => mean(costs(facts))),
      "cost.per_call": this.#figure(pricedCalls, (facts) => mean(costs(facts))),
      "llm.unpriced_rate": this.#figure(counted, (facts) => percentage(facts, ({ costUsd }) => costUsd === undefined)),
      "telemetry.dropped": this.#counted(apps.flatMap(droppedFacts)),
      "telemetry.errors": this.#counted(apps.flatMap(faultFacts)),
      "tools.calls": this.#figure(tools, (facts) => facts.length),
      "tools.error_rate": this.#figure(
        tools.filter(({ tool }) => !isCutShort(tool.fails)),
        (facts) => percentage(facts, ({ tool }) => tool.fails !== undefined),
      ),
    };
  }

  /**
   * The answer of a metrics backend where it differs on purpose: for requests in progress it takes a process's newest
   * report of the last three minutes for now, because PromQL cannot see how often a process reports.
   */
  backendAnswer(question: IndicatorQuery): ExactSample[] {
    return question.indicator === "concurrency.current"
      ? this.#current(question, () => 180_000)
      : this.answer(question);
  }

  /** @throws {Error} for an indicator that nobody has written an exact answer for */
  answer(question: IndicatorQuery): ExactSample[] {
    const answer = this.#answers[question.indicator];
    if (answer === undefined) throw new Error(`${question.indicator}: write its exact answer into exact-answers.ts`);
    return answer(question);
  }

  /**
   * @param value of the facts in the window; undefined: no data
   * @param counted the facts that the sample's count is of
   * @param known a group in which an app has reported any of these has an answer, be it 0
   */
  #figure<F extends Fact>(
    facts: readonly F[],
    value: (facts: F[], question: IndicatorQuery) => number | undefined,
    counted: readonly Fact[] = facts,
    known: readonly Fact[] = facts,
  ): Answer {
    const series = firstOfEach([...known, ...facts]);
    return (question) => {
      const values = this.#grouped(facts, question);
      const counts = this.#grouped(counted, question);
      return [...this.#groups(series, question)].flatMap(([key, labels]) => {
        const found = value(values.get(key) ?? [], question);
        return found === undefined ? [] : [{ labels, value: found, count: (counts.get(key) ?? []).length }];
      });
    };
  }

  /** What a counter of events of its own grew by. */
  #counted(facts: readonly CountedFact[]): Answer {
    const total = this.#figure(facts, (some) => sum(some.map(({ items }) => items)));
    return (question) => total(question).map((sample) => ({ ...sample, count: sample.value }));
  }

  #quantile(facts: readonly Fact[], q: number): Answer {
    return (question) =>
      [...this.#grouped(facts, question).values()].flatMap((group) => {
        const ordered = group.map(({ seconds }) => seconds).sort((a, b) => a - b);
        const rank = Math.ceil(q * ordered.length);
        const [value, next] = [ordered[rank - 1], ordered[rank]];
        if (value === undefined || group[0] === undefined) return [];
        // Exactly between two values, either of them and all between are quantiles.
        const upper = rank === q * ordered.length && next !== undefined ? next : value;
        return [{ labels: split(group[0].labels, question), value, upper, count: group.length }];
      });
  }

  /** Of the facts first reported in the window, those that the question is about, by the values that it splits by. */
  #grouped<F extends Fact>(facts: readonly F[], question: IndicatorQuery): Map<string, F[]> {
    const fromMs = question.atMs - question.windowS * 1000;
    const inWindow = facts.filter(
      (fact) => fromMs < fact.reportedMs && fact.reportedMs <= question.atMs && isWanted(fact, question),
    );
    return groupBy(inWindow, ({ labels }) => JSON.stringify(split(labels, question)));
  }

  /** The groups that an app which reported in the window knows. */
  #groups(facts: readonly Fact[], question: IndicatorQuery): Map<string, DimensionValues> {
    const fromMs = question.atMs - question.windowS * 1000;
    const groups = new Map<string, DimensionValues>();
    const reporting = new Set(
      this.#apps.filter(({ script }) => reportsMs(script).some((at) => at > fromMs && at <= question.atMs)),
    );
    for (const fact of facts) {
      if (fact.reportedMs > question.atMs || !reporting.has(fact.app) || !isWanted(fact, question)) continue;
      const labels = split(fact.labels, question);
      groups.set(JSON.stringify(labels), labels);
    }
    return groups;
  }

  /** By the newest report of each app that still reports. */
  #current(question: IndicatorQuery, validMs = threeIntervalsMs): ExactSample[] {
    return this.#overApps(question, ({ script }, requests) => {
      const reports = reportsMs(script).filter((at) => at <= question.atMs);
      const newest = reports.at(-1);
      if (newest === undefined || question.atMs - newest > validMs(reports)) return undefined;
      const begun = requests.filter(({ startMs }) => startMs <= newest);
      return begun.length === 0 ? undefined : begun.filter((request) => newest < endMs(request)).length;
    });
  }

  /** The high-water marks of the types, added up in each report; of each app its highest report. */
  #peak(question: IndicatorQuery): ExactSample[] {
    const fromMs = question.atMs - question.windowS * 1000;
    return this.#overApps(question, ({ script }, requests) => {
      const arrived = new Set(reportsMs(script));
      const reports = script.collectionsMs.flatMap((reportMs, i) => {
        const isIn = fromMs < reportMs && reportMs <= question.atMs && arrived.has(reportMs);
        if (!isIn || requests.every(({ startMs }) => startMs > reportMs)) return [];
        const sinceMs = script.collectionsMs[i - 1] ?? 0;
        const running = requests.filter((request) => request.startMs <= reportMs && endMs(request) > sinceMs);
        const types = groupBy(running, ({ type }) => type);
        return [sum([...types.values()].map((ofType) => mostAtOnce(ofType, sinceMs)))];
      });
      return reports.length === 0 ? undefined : Math.max(...reports);
    });
  }

  /** A figure of the requests of each app, whether they have ended or not; added over the apps. */
  #overApps(
    question: IndicatorQuery,
    figure: (app: RecordedApp, requests: ScriptedRequest[]) => number | undefined,
  ): ExactSample[] {
    const found = new Map<string, ExactSample>();
    for (const app of this.#apps) {
      const wanted = app.script.requests
        .map((request) => ({ request, labels: { ...labelsOf(app), type: request.type } }))
        .filter((one) => isWanted(one, question));
      for (const [key, group] of groupBy(wanted, ({ labels }) => JSON.stringify(split(labels, question)))) {
        const requests = group.map(({ request }) => request);
        const value = figure(app, requests);
        if (value === undefined || group[0] === undefined) continue;
        const together = (found.get(key)?.value ?? 0) + value;
        found.set(key, { labels: split(group[0].labels, question), value: together, count: together });
      }
    }
    return [...found.values()];
  }
}

/** How long local mode takes a report for now: as `concurrency.ts` says. */
function threeIntervalsMs(reports: readonly number[]): number {
  const [before, newest] = [reports.at(-2), reports.at(-1)];
  if (before === undefined || newest === undefined) return 60_000;
  return Math.min(Math.max(3 * (newest - before), 15_000), 180_000);
}

/** Of the facts that an app reports under the same labels, the one that it reported first. */
function firstOfEach(facts: readonly Fact[]): Fact[] {
  const first = new Map<string, Fact>();
  for (const fact of facts) {
    const key = JSON.stringify([fact.app.instance, Object.entries(fact.labels).sort()]);
    const known = first.get(key);
    if (known === undefined || fact.reportedMs < known.reportedMs) first.set(key, fact);
  }
  return [...first.values()];
}

const RATED: readonly Outcome[] = ["success", "error", "timeout"];

function requestFacts(app: RecordedApp): RequestFact[] {
  return app.script.requests.flatMap((request) => {
    const costs = request.calls.map(costOf).filter((cost) => cost !== undefined);
    const costUsd = costs.length === 0 ? undefined : sum(costs);
    const labels = { type: request.type };
    return factOf(app, endMs(request), request.durationMs, labels).map((fact) => ({ ...fact, request, costUsd }));
  });
}

function callFacts(app: RecordedApp): CallFact[] {
  return app.script.requests.flatMap((request) =>
    request.calls.flatMap((call) => {
      const labels = { type: request.type, model: call.model, provider: call.provider };
      const end = request.startMs + call.startMs + call.durationMs;
      return factOf(app, end, call.durationMs, labels).map((fact) => ({ ...fact, call, costUsd: costOf(call) }));
    }),
  );
}

/** A retry is told when it begins. */
function retryFacts(app: RecordedApp): Fact[] {
  return app.script.requests.flatMap((request) =>
    request.calls
      .filter(({ retry }) => retry === true)
      .flatMap(({ startMs, model }) => factOf(app, request.startMs + startMs, 0, { model })),
  );
}

function toolFacts(app: RecordedApp): ToolFact[] {
  return app.script.requests.flatMap((request) =>
    request.tools.flatMap((tool) => {
      const end = request.startMs + tool.startMs + tool.durationMs;
      return factOf(app, end, tool.durationMs, { tool: tool.name }).map((fact) => ({ ...fact, tool }));
    }),
  );
}

function droppedFacts(app: RecordedApp): CountedFact[] {
  return app.script.requests.flatMap((request) => {
    if (request.dropped === undefined) return [];
    const { items, ...labels } = request.dropped;
    return factOf(app, endMs(request), 0, labels).map((fact) => ({ ...fact, items }));
  });
}

function faultFacts(app: RecordedApp): CountedFact[] {
  return app.script.requests.flatMap((request) =>
    request.fault === undefined
      ? []
      : factOf(app, endMs(request), 0, { what: request.fault }).map((fact) => ({ ...fact, items: 1 })),
  );
}

/** None when the app never reported it. */
function factOf(app: RecordedApp, endMs: number, durationMs: number, labels: DimensionValues): Fact[] {
  const reportedMs = reportsMs(app.script).find((at) => at >= endMs);
  if (reportedMs === undefined) return [];
  return [{ app, reportedMs, seconds: clamped(durationMs), labels: { ...labelsOf(app), ...labels } }];
}

const labelsOf = ({ script: { service, release }, instance }: RecordedApp): DimensionValues => ({
  service,
  release,
  environment: ENVIRONMENT,
  instance,
});

const clamped = (durationMs: number): number => Math.max(durationMs / 1000, SHORTEST_DURATION_S);
const endMs = ({ startMs, durationMs }: ScriptedRequest): number => startMs + durationMs;
const firstChunk = (fact: CallFact): Fact => ({ ...fact, seconds: clamped(fact.call.firstChunkMs ?? 0) });

export function costOf({ model, tokens }: ScriptedCall): number | undefined {
  const price: { input: number; output: number; cacheRead?: number; reasoning?: number } | undefined = (
    PRICES as Readonly<Record<string, { input: number; output: number }>>
  )[model];
  if (price === undefined || tokens === undefined) return undefined;
  const { input, output, cacheRead, reasoning } = tokens;
  const dollarsPerMillion =
    (input - cacheRead) * price.input +
    cacheRead * (price.cacheRead ?? price.input) +
    (output - reasoning) * price.output +
    reasoning * (price.reasoning ?? price.output);
  return dollarsPerMillion / 1_000_000;
}

const tokensOf = ({ request }: RequestFact): number =>
  sum(request.calls.map(({ tokens }) => (tokens === undefined ? 0 : tokens.input + tokens.output)));

const isCutShort = (fails: ScriptedCall["fails"]): boolean => fails === "cancelled" || fails === "interrupted";
const notCutShort = (facts: readonly CallFact[]): CallFact[] => facts.filter(({ call }) => !isCutShort(call.fails));
const hasFailed = ({ call }: CallFact): boolean => call.fails !== undefined;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : sum(values) / values.length;

function percentage<F>(facts: readonly F[], matches: (fact: F) => boolean): number | undefined {
  return facts.length === 0 ? undefined : (100 * facts.filter(matches).length) / facts.length;
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

/** Minutes of the clock. */
function mostInOneMinute(facts: readonly Fact[]): number {
  const minutes = groupBy(facts, ({ reportedMs }) => String(Math.ceil(reportedMs / 60_000)));
  return Math.max(0, ...[...minutes.values()].map(({ length }) => length));
}

/** The most requests that ran at once from then on. */
function mostAtOnce(requests: readonly ScriptedRequest[], sinceMs: number): number {
  // It is reached at the beginning, or when a request starts.
  const moments = [sinceMs, ...requests.map(({ startMs }) => startMs).filter((at) => at > sinceMs)];
  const runningAt = (at: number): number =>
    requests.filter((request) => request.startMs <= at && at < endMs(request)).length;
  return Math.max(...moments.map(runningAt));
}

function split(labels: DimensionValues, { by = [] }: IndicatorQuery): DimensionValues {
  return Object.fromEntries(by.map((dimension) => [dimension, labels[dimension]]).filter(([, value]) => value));
}

function isWanted({ labels }: Pick<Fact, "labels">, { where = {} }: IndicatorQuery): boolean {
  return Object.entries(where).every(([name, value]) => labels[name as keyof DimensionValues] === value);
}
