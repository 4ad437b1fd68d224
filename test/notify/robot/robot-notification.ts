import type { AlertTransition } from "../../../src/alert/alert-view.js";
import type { Notification, NotifiedAlert } from "../../../src/notify/notification.js";
import { transitionOf } from "../transition-of.js";

/** A notification about an alert of a service and model, with links, and about whatever further alerts. */
export function robotNotification(
  parts: Partial<NotifiedAlert> = {},
  ...others: Partial<AlertTransition>[]
): Notification {
  const first: NotifiedAlert = {
    ...transitionOf(),
    labels: { service: "checkout-bot", model: "gpt-5_mini" },
    trace_id: "3f9c0d5e8a7b4c21",
    trace_url: "http://127.0.0.1:4318/traces/3f9c0d5e8a7b4c21",
    requests_url: "http://127.0.0.1:4318/requests?model=gpt-5_mini",
    annotations: { runbook_url: "https://wiki.example/success_rate_(low)" },
    ...parts,
  };
  return {
    id: "0".repeat(32),
    groupId: "1".repeat(32),
    groupLabels: {},
    alerts: [first, ...others.map(transitionOf)],
  };
}

/** What somebody may put into a name, a label or an annotation. */
export const HOSTILE =
  "**bold** _it_ `code` ~~no~~ [click](https://evil.example) ![](https://evil.example/p.png) <font color=red>x</font> " +
  "<at id=all></at> <@all> @everyone @13800000000 # heading > quote \\ | ]( \u0000\u001b[31m\n# next\r\n\u202eevil 👩‍👩‍👧‍👦 \ud800";

/** A notification that is far longer than any robot takes, of characters that are long in UTF-8 and in markup. */
export function hugeNotification(): Notification {
  const huge = (unit: string): string => unit.repeat(3_000);
  return robotNotification(
    {
      name: { en: huge(HOSTILE), zh: huge("成功率👩‍👩‍👧‍👦") },
      labels: Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`label${index}`, huge("*_👍🏽")])),
      annotations: {
        summary: huge(HOSTILE),
        description: huge("\\"),
        runbook_url: `https://wiki.example/${huge("a")}`,
      },
    },
    ...Array.from({ length: 60 }, (_, index) => ({ rule: `rule-${index}`, name: { en: huge("[x]"), zh: huge("＜") } })),
  );
}
