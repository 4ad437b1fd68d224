import type { BilingualText } from "../../indicators/language.js";
import type { Outcome } from "../../store/request-record.js";
import { say } from "./language.js";

export const OUTCOME_TEXT: Record<Outcome, BilingualText> = {
  success: { en: "success", zh: "成功" },
  error: { en: "error", zh: "错误" },
  timeout: { en: "timeout", zh: "超时" },
  cancelled: { en: "cancelled", zh: "已取消" },
  abandoned: { en: "abandoned", zh: "已放弃" },
  interrupted: { en: "interrupted", zh: "已中断" },
};

export function OutcomeBadge({ outcome }: { outcome: Outcome }) {
  return <span class={`badge ${outcome}`}>{say(OUTCOME_TEXT[outcome])}</span>;
}
