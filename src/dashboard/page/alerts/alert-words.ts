import type { AlertState, Severity, TransitionReason } from "../../../alert/alert-view.js";
import type { BilingualText } from "../../../indicators/language.js";

export const SEVERITY_TEXT: Record<Severity, BilingualText> = {
  warning: { en: "Warning", zh: "警告" },
  error: { en: "Error", zh: "错误" },
  critical: { en: "Critical", zh: "严重" },
};

export const WORST_FIRST: readonly Severity[] = ["critical", "error", "warning"];

export const STATE_TEXT: Record<AlertState, BilingualText> = {
  inactive: { en: "inactive", zh: "正常" },
  pending: { en: "pending", zh: "待定" },
  firing: { en: "firing", zh: "触发中" },
  resolved: { en: "resolved", zh: "已恢复" },
};

export const REASON_TEXT: Record<TransitionReason, BilingualText> = {
  condition_true: { en: "condition holds", zh: "条件成立" },
  condition_held: { en: "condition held long enough", zh: "条件持续成立" },
  condition_false: { en: "condition over", zh: "条件不再成立" },
  below_min_requests: { en: "too few requests to tell", zh: "请求数不足" },
  no_data_expired: { en: "no data for too long", zh: "长时间无数据" },
  no_data: { en: "no data", zh: "无数据" },
  rule_removed: { en: "rule removed", zh: "规则已移除" },
};
