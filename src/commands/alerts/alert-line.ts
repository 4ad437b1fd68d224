import type { ActiveAlertView, RuleStatus } from "../../alert/alert-view.js";
import { alertMarks } from "../../dashboard/alert-marks.js";
import { dayTime } from "../../dashboard/day-time.js";
import type { BilingualText, Language } from "../../indicators/language.js";
import { consoleMessage } from "../../notify/console/console-message.js";
import { shortId } from "../server-api.js";

const PENDING: BilingualText = { en: "pending", zh: "待触发" };

/**
 * `3f9c1a2b3c4d  🚨 CRITICAL Very low success rate  …  acknowledged by ann: on it`
 *
 * @param rule how its rule stands, when that is known
 */
export function alertLine(alert: ActiveAlertView, language: Language, rule?: RuleStatus): string {
  return [
    shortId(alert.id),
    ...(alert.to === "pending" ? [PENDING[language]] : []),
    consoleMessage(alert, language),
    ...alertMarks(alert, rule, language, dayTime),
  ].join("  ");
}
