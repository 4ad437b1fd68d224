import type { AlertsView, AlertTransition } from "../alert/alert-view.js";
import { comparisonText } from "../alert/watched.js";
import { clockTime } from "../dashboard/clock-time.js";
import { cutWidth, displayWidth, padWidth } from "../dashboard/display-width.js";
import { formatValue } from "../indicators/format-value.js";
import type { Language } from "../indicators/language.js";
import type { RequestRecord } from "../store/request-record.js";
import { checkedText, DEMO_TEXTS } from "./demo-texts.js";
import { FIVE_REQUESTS } from "./five-requests.js";

const SHORT_ID = 4;
/** What the line takes before the topic and after the answer, at most. */
const OTHER_COLUMNS = 55;
const LEAST_TEXT_COLUMNS = 22;
const MOST_TEXT_COLUMNS = 60;

/** `[1/5] user_001 人工智能 → "人工智能是…"  0.41 s  38 tok  $0.00002  trace 3f9c…`, aligned, and cut to the width. */
export function requestLine(
  number: number,
  answer: string,
  record: RequestRecord,
  { language, width }: { language: Language; width: number },
): string {
  const { userId = "", topic = "" } = FIVE_REQUESTS[number - 1] ?? {};
  const textColumns = Math.min(Math.max(width - OTHER_COLUMNS, LEAST_TEXT_COLUMNS), MOST_TEXT_COLUMNS);
  const question = `${topic} → `;
  const shownAnswer = `"${cutWidth(answer, textColumns - displayWidth(question) - 2)}"`;
  const cost = record.cost_usd;
  return [
    `[${number}/${FIVE_REQUESTS.length}] ${userId} ${padWidth(question + shownAnswer, textColumns)}`,
    formatValue({ unit: "s" }, record.response_time, language),
    `${record.tokens.total} ${DEMO_TEXTS.tokens[language]}`,
    cost === undefined ? DEMO_TEXTS.noCost[language] : formatValue({ unit: "USD" }, cost, language),
    `${DEMO_TEXTS.trace[language]} ${record.trace_id.slice(0, SHORT_ID)}…`,
  ].join("  ");
}

/** What the newest evaluation found. */
export function checkLine({ rules }: AlertsView, language: Language): string {
  const firing = rules.filter(({ state }) => state === "firing").map(({ name }) => name[language]);
  return `      ${checkedText(rules.length, firing)[language]}`;
}

/** The alert history, newest first; one line when there is none. */
export function historyLines({ history }: AlertsView, language: Language): string[] {
  if (history.length === 0) return [DEMO_TEXTS.noneFired[language]];
  return [DEMO_TEXTS.history[language], ...history.map((transition) => `  ${historyLine(transition, language)}`)];
}

function historyLine(transition: AlertTransition, language: Language): string {
  const { at, to, severity, name } = transition;
  return `${clockTime(at)}  ${to}  ${severity}  ${name[language]}  ${comparisonText(transition, language)}`;
}
