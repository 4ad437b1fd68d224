import type { ActiveAlertView, RuleStatus } from "../alert/alert-view.js";
import type { BilingualText, Language } from "../indicators/language.js";

/**
 * What to know of an alert beside its figures: somebody takes care of it, nobody is told of it, or its value is old.
 *
 * @param rule how the alert's rule stands; undefined: not known
 * @param timeText a time for people, of one in ISO 8601
 */
export function alertMarks(
  alert: ActiveAlertView,
  rule: RuleStatus | undefined,
  language: Language,
  timeText: (iso: string) => string,
): string[] {
  const { acknowledged, silenced, notification } = alert;
  const marks: BilingualText[] = [];
  if (acknowledged !== undefined) {
    const { author, comment } = acknowledged;
    const said = comment === undefined ? "" : `: ${comment}`;
    marks.push({ en: `acknowledged by ${author}${said}`, zh: `已由 ${author} 确认${said}` });
  }
  if (silenced !== undefined) {
    const { author, reason, ends_at: end } = silenced;
    const until = timeText(end);
    marks.push({
      en: `silenced until ${until} by ${author}: ${reason}`,
      zh: `已由 ${author} 静默至 ${until}: ${reason}`,
    });
  }
  if (notification?.inhibited_by !== undefined) {
    const by = notification.inhibited_by;
    marks.push({ en: `inhibited by ${by}`, zh: `被 ${by} 抑制` });
  }
  if (rule !== undefined) {
    const stale = staleMark(alert, rule, timeText);
    if (stale !== undefined) marks.push(stale);
  }
  return marks.map((mark) => mark[language]);
}

function staleMark(
  { labels }: ActiveAlertView,
  { no_answer_since: noAnswer, no_data_since: noData, vanished = [] }: RuleStatus,
  timeText: (iso: string) => string,
): BilingualText | undefined {
  if (noAnswer !== undefined) {
    const since = timeText(noAnswer);
    return { en: `no answer since ${since}`, zh: `自 ${since} 起得不到答案` };
  }
  const gone = vanished.find((other) => sameLabels(other.labels, labels))?.since ?? noData;
  if (gone === undefined) return undefined;
  const since = timeText(gone);
  return { en: `no data since ${since}`, zh: `自 ${since} 起无数据` };
}

function sameLabels(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
