import type { BilingualText } from "../indicators/language.js";
import type { ExprSource } from "../query/expr-source.js";
import type { IndicatorQuery, MetricSource, Sample } from "../query/metric-source.js";
import type { AlertTransition } from "./alert-view.js";
import { formatDuration } from "./duration.js";
import { QuestionAsker } from "./question-asker.js";
import { labelsKey, type Rule, windowOf } from "./rule.js";
import { watchedFigure } from "./watched.js";

const HOUR_MS = 3_600_000;
/** A release that nobody used for the hour before may be an old one: it is looked for in the day before that. */
const KNOWN_MS = 24 * HOUR_MS;
const PRECISION_MS = 60_000;
/** For each of them the source is asked a few times when it began. */
const MOST_RELEASES = 3;
/** Of the evaluation times that answers are shared for. */
const MOST_TIMES = 4;

/** A release of a service; absent where none was said. */
type Seen = Pick<Sample["labels"], "service" | "release">;
type Environment = Pick<Sample["labels"], "environment">;

/**
 * Finds what else changed about the time that an alert began to fire: releases that appeared within the hour before,
 * and what the figure was an hour before. Alerts that fire at the same time share the answers, so that many of them
 * ask no more than one does.
 */
export class ChangeFinder {
  private readonly asker: QuestionAsker;
  /** By evaluation time, Unix time in milliseconds, and by what was asked. */
  private readonly answers = new Map<number, Map<string, Promise<unknown>>>();

  constructor(
    private readonly source: MetricSource,
    exprSource?: ExprSource,
  ) {
    this.asker = new QuestionAsker(source, exprSource);
  }

  /**
   * The releases of what the alert is about that were not there before.
   *
   * @returns a sentence each, the newest first
   * @throws {QueryError}
   */
  async releases(transition: AlertTransition): Promise<BilingualText[]> {
    const atMs = Date.parse(transition.at);
    const { service, environment, release } = { ...transition.where, ...transition.labels };
    const within: Environment = environment === undefined ? {} : { environment };
    const fresh = (await this.freshReleases(within, atMs))
      .filter((seen) => service === undefined || seen.service === service)
      .filter((seen) => release === undefined || seen.release === release)
      .slice(0, MOST_RELEASES);
    const began = await Promise.all(
      fresh.map(async (seen) => {
        const agoMs = atMs - (await this.beginOf({ ...within, ...seen }, atMs));
        return {
          agoMs,
          text: releaseText(seen.release ?? "", service === undefined ? seen.service : undefined, agoMs),
        };
      }),
    );
    return began.sort((a, b) => a.agoMs - b.agoMs).map(({ text }) => text);
  }

  /**
   * What the alert's figure was an hour before, or before its window where that is longer.
   *
   * @returns undefined when there was none, or the figure itself is a comparison
   * @throws {QueryError}
   */
  async before(transition: AlertTransition, { question }: Pick<Rule, "question">): Promise<BilingualText | undefined> {
    if (question.kind === "indicator" && question.compareTo !== undefined) return undefined;
    const agoMs = Math.max(HOUR_MS, windowOf(question) * 1000);
    const atMs = Date.parse(transition.at);
    const samples = await this.shared(atMs, question, () => this.asker.ask(question, atMs - agoMs, { counts: false }));
    const key = labelsKey(transition.labels);
    const value = samples.find(({ labels }) => labelsKey(labels) === key)?.value;
    if (value === undefined || !Number.isFinite(value)) return undefined;
    const ago = formatDuration(agoMs / 1000);
    return {
      en: `it was ${watchedFigure(transition, value, "en")} ${ago} before`,
      zh: `${ago} 前为 ${watchedFigure(transition, value, "zh")}`,
    };
  }

  /** Those of the hour that the day before it had not, of services that it had. */
  private freshReleases(within: Environment, atMs: number): Promise<Seen[]> {
    return this.shared(atMs, ["releases", within], async () => {
      const [now, known] = await Promise.all([
        this.seen(within, atMs - HOUR_MS, atMs),
        this.seen(within, atMs - HOUR_MS - KNOWN_MS, atMs - HOUR_MS),
      ]);
      const services = new Set(known.map(({ service }) => service));
      const isKnown = (one: Seen): boolean =>
        known.some(({ service, release }) => service === one.service && release === one.release);
      return now.filter((one) => one.release !== undefined && services.has(one.service) && !isKnown(one));
    });
  }

  /** Halves the hour again and again; Unix time in milliseconds, to the minute. */
  private beginOf(release: Seen & Environment, atMs: number): Promise<number> {
    return this.shared(atMs, ["begin", release], async () => {
      const startMs = atMs - HOUR_MS;
      let [absentMs, thereMs] = [startMs, atMs];
      while (thereMs - absentMs > PRECISION_MS) {
        const middleMs = Math.floor((absentMs + thereMs) / 2);
        if ((await this.seen(release, startMs, middleMs)).length > 0) thereMs = middleMs;
        else absentMs = middleMs;
      }
      return thereMs;
    });
  }

  /** The releases with a request in that time. */
  private async seen(where: Seen & Environment, fromMs: number, toMs: number): Promise<Seen[]> {
    const query: IndicatorQuery = {
      indicator: "requests.count",
      by: ["service", "release"],
      windowS: (toMs - fromMs) / 1000,
      atMs: toMs,
      counts: false,
    };
    if (Object.keys(where).length > 0) query.where = where;
    return (await this.source.query(query)).filter(({ value }) => value > 0).map(({ labels }) => labels);
  }

  /** One answer for all that ask the same about the same time. */
  private shared<Answer>(atMs: number, what: unknown, ask: () => Promise<Answer>): Promise<Answer> {
    const atThatTime = this.answers.get(atMs) ?? new Map<string, Promise<unknown>>();
    this.answers.set(atMs, atThatTime);
    const [oldest] = this.answers.keys();
    if (this.answers.size > MOST_TIMES && oldest !== undefined) this.answers.delete(oldest);
    const key = JSON.stringify(what);
    const answer = (atThatTime.get(key) as Promise<Answer> | undefined) ?? ask();
    atThatTime.set(key, answer);
    return answer;
  }
}

/** @param service where the alert is about several */
function releaseText(release: string, service: string | undefined, agoMs: number): BilingualText {
  // It began before it was first seen.
  const minutes = Math.ceil(agoMs / 60_000);
  const of = service === undefined ? { en: "", zh: "" } : { en: ` of ${service}`, zh: ` ${service} ` };
  if (minutes < 1)
    return { en: `release ${release}${of.en} has just begun`, zh: `刚刚${of.zh}开始出现版本 ${release}` };
  return {
    en: `release ${release}${of.en} began ${minutes} min before`,
    zh: `${minutes} 分钟前${of.zh}开始出现版本 ${release}`,
  };
}
