import type { Dimension } from "./dimension.js";
import type { BilingualText } from "./language.js";

const NAMES: Readonly<Record<Dimension, BilingualText>> = {
  service: { en: "service", zh: "服务" },
  environment: { en: "environment", zh: "环境" },
  type: { en: "request type", zh: "请求类型" },
  model: { en: "model", zh: "模型" },
  provider: { en: "provider", zh: "提供方" },
  tool: { en: "tool", zh: "工具" },
  what: { en: "kind of telemetry", zh: "遥测种类" },
  reason: { en: "reason", zh: "原因" },
  release: { en: "release", zh: "版本" },
  instance: { en: "instance", zh: "实例" },
  tenant: { en: "tenant", zh: "租户" },
  user: { en: "user", zh: "用户" },
  session: { en: "session", zh: "会话" },
};

/** The dimensions in words, in the order in which people narrow down where something is. */
export const DIMENSION_NAMES: ReadonlyMap<string, BilingualText> = new Map(Object.entries(NAMES));
