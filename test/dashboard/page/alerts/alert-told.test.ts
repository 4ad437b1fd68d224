import { expect, test } from "vitest";
import type { NotificationResult } from "../../../../src/alert/alert-view.js";
import { toldLines } from "../../../../src/dashboard/page/alerts/alert-told.js";
import type { Language } from "../../../../src/indicators/language.js";

const AT = "2026-08-01T10:00:00.000Z";

function told(notification: Partial<NotificationResult> | undefined, language: Language = "en"): string[] {
  const result = notification && ({ result: "sent", reason: "firing", at: AT, ...notification } as NotificationResult);
  const alert = { to: "firing", ...(result && { notification: result }) } as const;
  return toldLines(alert, language, (iso) => iso.slice(11, 16)).map(({ mark, text }) => `${mark}: ${text}`);
}

test("each receiver has its own line: told, given up with what it said, or waiting", () => {
  const receivers: NotificationResult["receivers"] = {
    slack: { result: "sent", at: AT },
    email: { result: "failed", failures: 3, error: "550 no such user", at: AT },
    sms: { result: "waiting", failures: 1, error: "429", at: AT },
    oncall: { result: "waiting", at: AT },
  };
  expect(told({ result: "waiting", receivers })).toEqual([
    "sent: slack told 10:00",
    "failed: email not told, given up 10:00 after 3 tries: 550 no such user",
    "waiting: sms not told yet, 1 try failed: 429",
    "waiting: oncall is to be told",
  ]);
  expect(told({ result: "waiting", receivers }, "zh")).toEqual([
    "sent: 已于 10:00 通知 slack",
    "failed: 未能通知 email，尝试 3 次后于 10:00 放弃：550 no such user",
    "waiting: 尚未通知 sms，已失败 1 次：429",
    "waiting: 待通知 oncall",
  ]);
});

test("why nobody is told has a line too", () => {
  expect(told({ result: "not_sent", reason: "inhibited", inhibited_by: "very-slow" })).toEqual([
    "kept: not sent: inhibited by very-slow",
  ]);
  expect(told({ result: "not_sent", reason: "silenced", silenced_by: "0f" })).toEqual(["kept: not sent: silenced"]);
  expect(told({ result: "not_sent", reason: "flapping" })).toEqual(["kept: not sent: it changes too often"]);
  expect(told({ result: "not_sent", reason: "no_receiver" })).toEqual(["kept: not sent: no receiver takes it"]);
});

test("who was told before it was inhibited stays told", () => {
  const receivers: NotificationResult["receivers"] = { slack: { result: "sent", at: AT } };
  expect(told({ inhibited_by: "very-slow", receivers })).toEqual([
    "sent: slack told 10:00",
    "kept: now inhibited by very-slow",
  ]);
});

test("what is not decided yet says so, and nobody is told of what is only pending", () => {
  expect(told(undefined)).toEqual(["waiting: not decided yet"]);
  expect(toldLines({ to: "pending" }, "en", String)).toEqual([]);
});
