import type { ActiveAlertView } from "../../../alert/alert-view.js";
import { WORST_FIRST } from "./alert-words.js";

/** Of the same severity first those that people are told of, in the order of their beginning. */
export function worstFirst(alerts: readonly ActiveAlertView[]): ActiveAlertView[] {
  return alerts.toSorted(
    (a, b) =>
      WORST_FIRST.indexOf(a.severity) - WORST_FIRST.indexOf(b.severity) ||
      Number(isKept(a)) - Number(isKept(b)) ||
      (a.since < b.since ? -1 : 1),
  );
}

/** Whether a silence or another alert keeps it from people. */
export function isKept({ silenced, notification }: ActiveAlertView): boolean {
  return silenced !== undefined || notification?.inhibited_by !== undefined;
}

/** The value of the transition says why it began; people ask how it is. */
export function withValueNow(alert: ActiveAlertView): ActiveAlertView {
  return alert.value_now === undefined ? alert : { ...alert, value: alert.value_now };
}
