import type { BilingualText } from "../indicators/language.js";
import { DEMO_WINDOW_S } from "./demo-rules.js";
import { INCIDENT_AFTER_S, INCIDENT_MODEL, NEXT_INCIDENT_AFTER_S } from "./traffic.js";

/** Everything the demo says that is not a figure. */
export const DEMO_TEXTS = {
  tokens: { en: "tok", zh: "tok" },
  trace: { en: "trace", zh: "链路" },
  noCost: { en: "no price", zh: "无价格" },
  noneFired: { en: "✓ no alerts fired", zh: "✓ 无告警触发" },
  history: { en: "Alert history", zh: "告警历史" },
  portTaken: { en: "Port 4318 is taken: the demo uses a free one.", zh: "端口 4318 已被占用：演示改用空闲端口。" },
  live: {
    en: "Live: five real requests with your OPENAI_API_KEY, and no other traffic.",
    zh: "真实模式：用您的 OPENAI_API_KEY 发出五个真实请求，不再产生其他流量。",
  },
  incidentAhead: {
    en: `Scripted incident in ${INCIDENT_AFTER_S} s: model ${INCIDENT_MODEL} will answer 429`,
    zh: `预设故障将在 ${INCIDENT_AFTER_S} 秒后发生：模型 ${INCIDENT_MODEL} 将返回 429`,
  },
  incidentBegins: {
    en: `Scripted incident: ${INCIDENT_MODEL} answers 429 from now on`,
    zh: `预设故障开始：${INCIDENT_MODEL} 现在返回 429`,
  },
  incidentEnds: {
    en: `Incident over: ${INCIDENT_MODEL} answers again; the alert resolves within ${DEMO_WINDOW_S} s`,
    zh: `故障结束：${INCIDENT_MODEL} 已恢复正常；告警将在 ${DEMO_WINDOW_S} 秒内恢复`,
  },
  incidentOver: {
    en: `Incident over: ${INCIDENT_MODEL} answers again; the next one in ${NEXT_INCIDENT_AFTER_S / 60} minutes`,
    zh: `故障结束：${INCIDENT_MODEL} 已恢复正常；下一次故障在 ${NEXT_INCIDENT_AFTER_S / 60} 分钟后`,
  },
  next: {
    en: "Your own app next: README. Ctrl-C stops.",
    zh: "接下来观测您自己的应用：见 README.zh-CN。按 Ctrl-C 停止。",
  },
  stopped: { en: "Stopped. The data stays in", zh: "已停止。数据保留在" },
} satisfies Record<string, BilingualText>;

/** `checked 6 rules: none firing` */
export function checkedText(rules: number, firing: readonly string[]): BilingualText {
  return {
    en: `checked ${rules} rules: ${firing.length === 0 ? "none firing" : `firing: ${firing.join(", ")}`}`,
    zh: `已检查 ${rules} 条规则：${firing.length === 0 ? "无触发" : `触发：${firing.join("、")}`}`,
  };
}
