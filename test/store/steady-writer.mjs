// Stores one trace, one request and one counter point after the other, until it is killed, and prints what became of
// each: { stored: n } or { refused: n, reason }. Started by the tests, which run it on the built package.
import { setTimeout as pause } from "node:timers/promises";
import { openTelemetryStore } from "../../dist/esm/store/open-telemetry-store.js";

const [dataDir = "", first = "1", textLength = "100"] = process.argv.slice(2);
const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const store = await openTelemetryStore({ dataDir, retention: { days: 30, maxBytes: 1e10 }, clock: Date.now });
const resource = { "service.name": "steady-writer" };
const startTimeUs = Date.now() * 1000;
/** A batch that is sent again, by the next writer too, is the same batch: its time is part of that. */
const dayUs = Math.floor(Date.now() / 86_400_000) * 86_400_000_000;
const id = (n, digits) => n.toString(16).padStart(digits, "0");

for (let n = Number(first); ; ) {
  const timeUs = dayUs + n;
  const batch = {
    spans: [
      {
        ...{ traceId: id(n, 32), spanId: id(n, 16), parentSpanId: undefined, name: "steady", kind: "internal" },
        ...{ startTimeUs: timeUs, endTimeUs: timeUs + 1, status: "ok", statusMessage: "", events: [], resource },
        ...{ attributes: { text: "x".repeat(Number(textLength)) }, scopeName: "test" },
      },
    ],
    points: [
      {
        ...{ metric: "steady", unit: "1", kind: "counter", temporality: "cumulative", attributes: {}, resource },
        ...{ startTimeUs, timeUs: startTimeUs + n, value: n - Number(first) + 1 },
      },
    ],
    logs: [
      {
        ...{ timeUs, eventName: "chainwatch.request", severityText: "INFO", body: null, resource },
        ...{
          attributes: { "chainwatch.request.id": `r${n}`, outcome: "success" },
          traceId: id(n, 32),
          spanId: id(n, 16),
        },
      },
    ],
  };
  try {
    await store.ingest(batch);
    print({ stored: n });
    n += 1;
  } catch (error) {
    print({ refused: n, reason: error.message });
    await pause(20);
  }
}
