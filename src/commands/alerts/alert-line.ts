import type { AlertTransition } from "../../alert/alert-view.js";
import type { BilingualText, Language } from "../../indicators/language.js";
import { consoleMessage } from "../../notify/console/console-message.js";
import { shortId } from "../server-api.js";

const PENDING: BilingualText = { en: "pending", zh: "待触发" };

/** `3f9c1a2b3c4d  🚨 CRITICAL Very low success rate  …  acknowledged by ann: on it` */
export function alertLine(alert: AlertTransition, language: Language): string {
  const { acknowledged, notification } = alert;
  const parts = [shortId(alert.id)];
  if (alert.to === "pending") parts.push(PENDING[language]);
  parts.push(consoleMessage(alert, language));
  if (acknowledged !== undefined) {
    const { author, comment } = acknowledged;
    const by: BilingualText = { en: `acknowledged by ${author}`, zh: `已由 ${author} 确认` };
    parts.push(comment === undefined ? by[language] : `${by[language]}: ${comment}`);
  }
  if (notification?.silenced_by !== undefined) {
    const id = shortId(notification.silenced_by);
    parts.push({ en: `silenced by ${id}`, zh: `已静默：${id}` }[language]);
  }
  if (notification?.inhibited_by !== undefined) {
    const rule = notification.inhibited_by;
    parts.push({ en: `inhibited by ${rule}`, zh: `被 ${rule} 抑制` }[language]);
  }
  return parts.join("  ");
}
