import { matcherText } from "../../alert/alert-matcher.js";
import type { SilenceState } from "../../alert/silence.js";
import type { SilenceView } from "../../dashboard/api/silence-view.js";
import type { BilingualText, Language } from "../../indicators/language.js";
import { shortId } from "../server-api.js";

const STATES: Record<SilenceState, BilingualText> = {
  pending: { en: "pending", zh: "未开始" },
  active: { en: "active", zh: "生效中" },
  expired: { en: "expired", zh: "已结束" },
};

/** `3f9c1a2b3c4d  active  rule="slow"  until 2026-01-31T09:30:00Z  ann: deploy` */
export function silenceLine(
  { id, state, matchers, author, reason, ...times }: SilenceView,
  language: Language,
): string {
  const { starts_at: start, ends_at: end } = times;
  const span: BilingualText =
    state === "pending"
      ? { en: `from ${start} until ${end}`, zh: `${start} 至 ${end}` }
      : { en: `until ${end}`, zh: `至 ${end}` };
  return [
    shortId(id),
    STATES[state][language],
    matchers.map(matcherText).join(" "),
    span[language],
    `${author}: ${reason}`,
  ].join("  ");
}
