import type { TransitionReason } from "../../alert/alert-view.js";
import type { BilingualText } from "../../indicators/language.js";

/** What must be said beside value and threshold, because they do not show it. */
export const REASON_TEXTS: Partial<Record<TransitionReason, BilingualText>> = {
  no_data: { en: "no data", zh: "没有数据" },
  no_data_expired: { en: "no data any more", zh: "长时间没有数据" },
  below_min_requests: { en: "too few requests to judge", zh: "请求太少，无法判断" },
  rule_removed: { en: "the rule was removed or changed", zh: "规则已删除或更改" },
};
