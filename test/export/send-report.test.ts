import { describe, expect, it } from "vitest";
import { type Destination, exportSettingsOf } from "../../src/export/export-settings.js";
import { type DroppedKind, SendReport } from "../../src/export/send-report.js";
import { type SendResult, sendFailure } from "../../src/export/send-result.js";

const SENT: SendResult = { sent: true };
const down = (code = "ECONNREFUSED"): SendResult => sendFailure(Object.assign(new Error("down"), { code }));
const status = (code: number): SendResult => sendFailure(Object.assign(new Error("no"), { code }));

const RECEIVER = exportSettingsOf({ endpoint: "http://host:4318", headers: {} }, {}).destinations.traces;

function reporting(destination?: Destination) {
  const lines: string[] = [];
  let nowMs = 0;
  const report = new SendReport({ monotonicMs: () => nowMs, unixMs: () => nowMs }, (line) => lines.push(line));
  const attempt = (result: SendResult, what: DroppedKind = "span") =>
    report.attempt({ what, shown: "host:4318", ...(destination && { destination }) }, result);
  const pass = (seconds: number): void => {
    nowMs += seconds * 1000;
  };
  return { report, lines, attempt, pass };
}

describe("What the owner of the app is told about sending", () => {
  it("is nothing while it works", () => {
    const { lines, attempt } = reporting(RECEIVER);
    for (let turn = 0; turn < 100; turn++) attempt(SENT);
    expect(lines).toEqual([]);
  });

  it("is one line when an outage begins and one when it ends, whatever signals fail meanwhile", () => {
    const { lines, attempt, pass } = reporting(RECEIVER);
    for (let turn = 0; turn < 10; turn++) {
      for (const what of ["span", "record", "metric_point"] as const) attempt(down(), what);
      pass(30);
    }
    attempt(SENT, "span");
    attempt(down(), "record");
    attempt(SENT, "metric_point");
    attempt(SENT, "record");
    expect(lines).toEqual([
      'cannot send to host:4318: nothing listens there (start "chainwatch serve" or correct endpoint). The app runs on; telemetry is kept in memory.',
      "sending to host:4318 works again after 300 s; 0 items were dropped meanwhile.",
    ]);
  });

  it("is at most two lines a minute about a receiver that fails every other second", () => {
    const { lines, attempt, pass } = reporting(RECEIVER);
    for (let second = 0; second < 600; second++) {
      attempt(second % 2 === 0 ? down() : SENT);
      pass(1);
    }
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.length).toBeLessThanOrEqual(20);
  });

  it("is the first drop of an outage, their number at its end, and the rest at the very end", () => {
    const { report, lines, attempt, pass } = reporting(RECEIVER);
    attempt(down());
    for (let item = 0; item < 500; item++) report.dropped("span", 1, "queue_full");
    pass(10);
    attempt(SENT);
    report.dropped("record", 3, "shutdown");
    report.end();
    report.end();
    expect(lines.slice(1)).toEqual([
      "dropping spans: the queue is full; the count is in chainwatch.telemetry.dropped.",
      "sending to host:4318 works again after 10 s; 500 items were dropped meanwhile.",
      "dropping records: they could not be sent; the count is in chainwatch.telemetry.dropped.",
      "503 items of telemetry were dropped in all.",
    ]);
  });

  it("is nothing of a request that was under way at the very end", () => {
    const { report, lines, attempt } = reporting(RECEIVER);
    report.end();
    attempt(down());
    expect(lines).toEqual([]);
  });

  it("is a refusal once, not again for the next batch or signal", () => {
    const { report, lines, attempt } = reporting(RECEIVER);
    for (let turn = 0; turn < 5; turn++) {
      attempt(status(401));
      report.dropped("span", 512, "rejected");
      attempt(status(401), "record");
      attempt(SENT, "metric_point");
    }
    expect(lines).toEqual([
      "host:4318 does not take spans: it answered 401: the token is missing or wrong (correct headers). They are dropped and counted.",
    ]);
  });

  it("names what an exporter of the app's own gave as its reason", () => {
    const { lines, attempt } = reporting();
    attempt(sendFailure(new Error("the exporter did not answer within 15 s")));
    expect(lines).toEqual([
      "cannot send to host:4318: the exporter did not answer within 15 s. The app runs on; telemetry is kept in memory.",
    ]);
  });
});
