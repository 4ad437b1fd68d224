import {
  type AlertMatcher,
  checkedMatcher,
  MatcherError,
  matchesAbsence,
  matchesAlert,
} from "../../../alert/alert-matcher.js";
import type { AlertTransition } from "../../../alert/alert-view.js";
import type { RuleView } from "../../../alert/rule-view.js";
import { type SilenceReach, silenceReach } from "../../../alert/silence-reach.js";
import type { BilingualText } from "../../../indicators/language.js";

/** Matchers that match this alert and no other: its rule and each of its labels. */
export function matchersOf({ rule, labels }: Pick<AlertTransition, "rule" | "labels">): AlertMatcher[] {
  return [
    { name: "rule", op: "=", value: rule },
    ...Object.entries(labels).map(([name, value]): AlertMatcher => ({ name, op: "=", value })),
  ];
}

/** What a silence of these matchers would do now; or why the server would not take it. */
export type SilencePreview =
  | { kind: "matches"; alerts: readonly AlertTransition[]; reach: SilenceReach }
  | { kind: "everything" }
  | { kind: "unfinished" }
  | { kind: "mistake"; message: BilingualText };

export function silencePreview(
  matchers: readonly AlertMatcher[],
  known: { active: readonly AlertTransition[]; rules: readonly RuleView[] },
): SilencePreview {
  if (matchers.length === 0 || matchers.some(({ name }) => name === "")) return { kind: "unfinished" };
  try {
    for (const matcher of matchers) checkedMatcher(matcher);
    if (matchers.every(matchesAbsence)) {
      return { kind: matchers.every(({ value }) => value === "") ? "unfinished" : "everything" };
    }
    const alerts = known.active.filter((alert) => matchers.every((matcher) => matchesAlert(matcher, alert)));
    return { kind: "matches", alerts, reach: silenceReach(matchers, known) };
  } catch (error) {
    if (!(error instanceof MatcherError)) throw error;
    return { kind: "mistake", message: error.text };
  }
}
