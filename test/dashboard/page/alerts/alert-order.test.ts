import { expect, test } from "vitest";
import type { ActiveAlertView } from "../../../../src/alert/alert-view.js";
import { withValueNow, worstFirst } from "../../../../src/dashboard/page/alerts/alert-order.js";
import { exampleAlert } from "../../example-alerts.js";

const alert = (id: string, more: Partial<ActiveAlertView>): ActiveAlertView => ({ ...exampleAlert({ id }), ...more });

test("the worst is first; then what people are told of, then what began first", () => {
  const silenced = { id: "0f", author: "ann", reason: "deploy", ends_at: "2999-01-01T00:00:00.000Z" };
  const inhibited = { result: "not_sent", reason: "inhibited", inhibited_by: "x", at: "" } as const;
  const alerts = [
    alert("warning", { severity: "warning", since: "2026-01-01T00:00:00Z" }),
    alert("silenced", { since: "2026-01-01T00:00:00Z", silenced }),
    alert("inhibited", { since: "2026-01-02T00:00:00Z", notification: inhibited }),
    alert("late", { since: "2026-01-04T00:00:00Z" }),
    alert("early", { since: "2026-01-03T00:00:00Z" }),
    alert("error", { severity: "error", since: "2026-01-01T00:00:00Z" }),
  ];
  expect(worstFirst(alerts).map(({ id }) => id)).toEqual([
    "early",
    "late",
    "silenced",
    "inhibited",
    "error",
    "warning",
  ]);
});

test("a line shows the newest value, or that of the transition when there is none since", () => {
  expect(withValueNow(alert("1", { value: 71, value_now: 0 })).value).toBe(0);
  expect(withValueNow(alert("1", { value: 71 })).value).toBe(71);
});
