import type { BilingualText } from "../indicators/language.js";
import type { Reach } from "./reach.js";

/** `every alert`, `alerts of its routes; rules a, b`, `nothing`. */
export function reachText({ routes, rules }: Reach): BilingualText {
  const parts: BilingualText[] = [];
  if (routes === "all") parts.push({ en: "every alert", zh: "全部告警" });
  if (routes === "some") parts.push({ en: "alerts of its routes", zh: "匹配其路由的告警" });
  if (rules.length > 0) parts.push({ en: `rules ${rules.join(", ")}`, zh: `规则 ${rules.join("、")}` });
  if (parts.length === 0) parts.push({ en: "nothing", zh: "无" });
  return { en: parts.map(({ en }) => en).join("; "), zh: parts.map(({ zh }) => zh).join("；") };
}
