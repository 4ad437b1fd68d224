import { describe, expect, test } from "vitest";
import type { ActiveAlertView, RuleStatus } from "../../src/alert/alert-view.js";
import { alertMarks } from "../../src/dashboard/alert-marks.js";
import { dayTime } from "../../src/dashboard/day-time.js";
import { exampleAlert } from "./example-alerts.js";

const AT = "2026-01-31T09:30:00.000Z";

const rule = (more: Partial<RuleStatus>): RuleStatus => ({
  id: "very-low-success-rate",
  name: { en: "", zh: "" },
  severity: "critical",
  unit: "%",
  interval_s: 15,
  state: "firing",
  ...more,
});

const marks = (alert: Partial<ActiveAlertView>, status?: RuleStatus, language: "en" | "zh" = "en") =>
  alertMarks({ ...exampleAlert(), ...alert }, status, language, (iso) => `<${iso}>`);

test("an alert of which nothing is to be said has no marks", () => {
  expect(marks({}, rule({}))).toEqual([]);
});

test("who takes care of it, who silenced it until when, and what inhibits it are said", () => {
  const alert: Partial<ActiveAlertView> = {
    acknowledged: { author: "ann", comment: "on it", at: AT },
    silenced: { id: "1", author: "bob", reason: "deploy", ends_at: AT },
    notification: { result: "not_sent", reason: "inhibited", inhibited_by: "other", at: AT },
  };
  expect(marks(alert)).toEqual([
    "acknowledged by ann: on it",
    `silenced until <${AT}> by bob: deploy`,
    "inhibited by other",
  ]);
  expect(marks(alert, undefined, "zh")).toEqual([
    "已由 ann 确认: on it",
    `已由 bob 静默至 <${AT}>: deploy`,
    "被 other 抑制",
  ]);
});

describe("a value that is old", () => {
  test("says since when there is no data, or no answer", () => {
    expect(marks({}, rule({ no_data_since: AT }))).toEqual([`no data since <${AT}>`]);
    expect(marks({}, rule({ no_data_since: AT }), "zh")).toEqual([`自 <${AT}> 起无数据`]);
    expect(marks({}, rule({ no_data_since: AT, no_answer_since: "x" }))).toEqual(["no answer since <x>"]);
  });

  test("of one series that is gone is marked on its alert alone", () => {
    const status = rule({ vanished: [{ labels: { model: "a", type: "b" }, since: AT }] });
    expect(marks({ labels: { type: "b", model: "a" } }, status)).toEqual([`no data since <${AT}>`]);
    expect(marks({ labels: { model: "a" } }, status)).toEqual([]);
  });
});

test("a time of another day has its day", () => {
  const noon = new Date(2026, 0, 31, 12);
  expect(dayTime(noon.toISOString(), new Date(2026, 0, 31, 23))).toBe("12:00:00");
  expect(dayTime(noon.toISOString(), new Date(2026, 1, 1, 1))).toBe("2026-01-31 12:00:00");
});
