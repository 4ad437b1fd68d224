import { randomBytes } from "node:crypto";
import type { Notification } from "./notification.js";

/** Neither a rule's, so that no incident of a rule is touched, nor that of an earlier test. */
const id = (): string => randomBytes(16).toString("hex");

/**
 * A marked trial message, as of an alert that fires now.
 *
 * @param nowMs Unix time in milliseconds
 */
export function testNotification(nowMs: number, pageUrl: string): Notification {
  const at = new Date(nowMs).toISOString();
  return {
    id: id(),
    groupId: id(),
    groupLabels: {},
    test: true,
    pageUrl,
    alerts: [
      {
        id: id(),
        rule: "chainwatch-test",
        name: { en: "Test message", zh: "测试消息" },
        severity: "warning",
        indicator: "response_time.avg",
        labels: {},
        from: "inactive",
        to: "firing",
        reason: "condition_true",
        value: 6.2,
        op: ">",
        threshold: 5,
        unit: "s",
        at,
        since: at,
      },
    ],
  };
}
