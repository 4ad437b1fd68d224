import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MalformedRequest } from "../../src/receive/malformed-request.js";
import { decodeOtlp, MAX_VALUES, TooManyValues } from "../../src/receive/otlp-decoder.js";
import type { Signal } from "../../src/receive/otlp-schema.js";
import { encode } from "./receiver-server.js";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const NANOS = "1764000000123456789";
const MICROS = 1764000000123456;

const json = (message: object): Uint8Array => Buffer.from(JSON.stringify(message));

const traces = (span: object, resource: object = { attributes: [] }): object => ({
  resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "lib" }, spans: [span] }] }],
});
const metrics = (metric: object): object => ({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] });
const logs = (record: object): object => ({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });

const fullSpan = {
  traceId: TRACE,
  spanId: SPAN,
  parentSpanId: "00f067aa0ba902b7",
  name: "chat gpt-4o",
  kind: 3,
  startTimeUnixNano: NANOS,
  endTimeUnixNano: "1764000001000000000",
  attributes: [
    { key: "text", value: { stringValue: "早上好" } },
    { key: "empty", value: { stringValue: "" } },
    { key: "no", value: { boolValue: false } },
    { key: "zero", value: { intValue: 0 } },
    { key: "negative", value: { intValue: "-42" } },
    { key: "big", value: { intValue: "9223372036854775807" } },
    { key: "double", value: { doubleValue: 0.5 } },
    { key: "list", value: { arrayValue: { values: [{ stringValue: "a" }, { intValue: 2 }] } } },
    { key: "map", value: { kvlistValue: { values: [{ key: "k", value: { boolValue: true } }] } } },
    { key: "unset" },
  ],
  events: [
    { timeUnixNano: NANOS, name: "exception", attributes: [{ key: "exception.type", value: { stringValue: "E" } }] },
  ],
  status: { code: 2, message: "boom" },
};

describe.each(["json", "protobuf"] as const)("a span in %s", (encoding) => {
  const body = (message: object): Uint8Array => (encoding === "json" ? json(message) : encode("traces", message));

  it("becomes a row with every field", () => {
    const message = traces(fullSpan, { attributes: [{ key: "service.name", value: { stringValue: "bot" } }] });
    const { batch, rejected, message: note } = decodeOtlp("traces", encoding, body(message));
    expect({ rejected, note }).toEqual({ rejected: 0, note: "" });
    expect(batch.spans).toEqual([
      {
        traceId: TRACE,
        spanId: SPAN,
        parentSpanId: "00f067aa0ba902b7",
        name: "chat gpt-4o",
        kind: "client",
        startTimeUs: MICROS,
        endTimeUs: 1764000001000000,
        status: "error",
        statusMessage: "boom",
        attributes: {
          text: "早上好",
          empty: "",
          no: false,
          zero: 0,
          negative: -42,
          big: "9223372036854775807",
          double: 0.5,
          list: ["a", 2],
          map: { k: true },
          unset: null,
        },
        events: [{ name: "exception", timeUs: MICROS, attributes: { "exception.type": "E" } }],
        resource: { "service.name": "bot" },
        scopeName: "lib",
      },
    ]);
  });

  it("with a bad id is rejected alone, counted and explained", () => {
    const good = { traceId: TRACE, spanId: SPAN };
    const message = {
      resourceSpans: [
        {
          scopeSpans: [
            {
              spans: [
                good,
                { ...good, traceId: "abcd" },
                { ...good, spanId: "0000000000000000" },
                { ...good, parentSpanId: "00" },
                { spanId: SPAN },
              ],
            },
          ],
        },
      ],
    };
    const decoded = decodeOtlp("traces", encoding, body(message));
    expect(decoded.batch.spans).toHaveLength(1);
    expect(decoded.rejected).toBe(4);
    expect(decoded.message).toContain('span.traceId: expected 16 bytes (32 hex digits), found "abcd"');
    expect(decoded.message).toContain("span.spanId: missing or all zeros");
  });

  it("whose parent id is all zeros is a root", () => {
    const root = { traceId: TRACE, spanId: SPAN, parentSpanId: "0000000000000000" };
    expect(decodeOtlp("traces", encoding, body(traces(root))).batch.spans[0]?.parentSpanId).toBeUndefined();
  });

  it("with a time that a number cannot hold is rejected", () => {
    const span = { traceId: TRACE, spanId: SPAN, endTimeUnixNano: "18446744073709551615" };
    const decoded = decodeOtlp("traces", encoding, body(traces(span)));
    expect(decoded).toMatchObject({ rejected: 1, batch: { spans: [] } });
    expect(decoded.message).toContain("before the year 2255");
  });
});

describe("OTLP/JSON as written by different senders", () => {
  it("takes enum names, upper-case ids, numbers for 64-bit integers, and null for absent", () => {
    const span = {
      ...{ traceId: TRACE.toUpperCase(), spanId: SPAN, parentSpanId: null, status: null, events: null },
      ...{ kind: "SPAN_KIND_SERVER", startTimeUnixNano: 1764000000123000000, unknownField: { deep: [1] } },
    };
    const [row] = decodeOtlp("traces", "json", json(traces(span))).batch.spans;
    expect(row).toMatchObject({ traceId: TRACE, parentSpanId: undefined, kind: "server", status: "unset" });
    expect(row?.startTimeUs).toBe(1764000000123000);
  });

  it.each([
    ["an array", [], "the body: expected an object, found an array"],
    ["spans that are no list", { resourceSpans: {} }, "resourceSpans: expected an array, found an object"],
    [
      "a name that is a number",
      traces({ traceId: TRACE, spanId: SPAN, name: 7 }),
      "span.name: expected a string, found 7",
    ],
    [
      "a kind with a typing error",
      traces({ traceId: TRACE, spanId: SPAN, kind: "SERVER" }),
      "expected a number or SPAN_KIND_…",
    ],
    ["a time in words", traces({ traceId: TRACE, spanId: SPAN, startTimeUnixNano: "now" }), 'found "now"'],
  ])("refuses %s, naming field and value", (_what, message, expected) => {
    expect(() => decodeOtlp("traces", "json", json(message))).toThrow(MalformedRequest);
    expect(() => decodeOtlp("traces", "json", json(message))).toThrow(expected);
  });

  it("keeps NaN and the infinities of attributes as the strings that OTLP/JSON uses", () => {
    const attributes = [
      { key: "a", value: { doubleValue: "NaN" } },
      { key: "b", value: { doubleValue: "-Infinity" } },
    ];
    const span = { traceId: TRACE, spanId: SPAN, attributes };
    expect(decodeOtlp("traces", "json", json(traces(span))).batch.spans[0]?.attributes).toEqual({
      a: "NaN",
      b: "-Infinity",
    });
  });
});

describe.each(["json", "protobuf"] as const)("metric points in %s", (encoding) => {
  const decode = (metric: object) =>
    decodeOtlp("metrics", encoding, encoding === "json" ? json(metrics(metric)) : encode("metrics", metrics(metric)));
  const times = { startTimeUnixNano: "1000000", timeUnixNano: "2000000" };

  it.each([
    [
      "a monotonic sum",
      { sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints: [{ ...times, asInt: "7" }] } },
      { kind: "counter", temporality: "cumulative", value: 7 },
    ],
    [
      "a sum that may fall",
      { sum: { aggregationTemporality: 1, dataPoints: [{ ...times, asDouble: -0.5 }] } },
      { kind: "up_down_counter", temporality: "delta", value: -0.5 },
    ],
    [
      "a gauge of zero",
      { gauge: { dataPoints: [{ ...times, asDouble: 0 }] } },
      { kind: "gauge", temporality: "none", value: 0 },
    ],
    [
      "an integer gauge of zero",
      { gauge: { dataPoints: [{ ...times, asInt: 0 }] } },
      { kind: "gauge", temporality: "none", value: 0 },
    ],
  ])("read %s", (_what, data, expected) => {
    const { batch, rejected } = decode({ name: "m", unit: "s", ...data });
    expect(rejected).toBe(0);
    expect(batch.points).toEqual([
      { metric: "m", unit: "s", attributes: {}, resource: {}, startTimeUs: 1000, timeUs: 2000, ...expected },
    ]);
  });

  it("read an explicit histogram, with min and max only when sent", () => {
    const point = { ...times, count: "3", sum: 6, bucketCounts: ["1", "2"], explicitBounds: [1.5], min: 0 };
    const { batch } = decode({ name: "m", histogram: { aggregationTemporality: 2, dataPoints: [point] } });
    expect(batch.points[0]?.value).toEqual({
      ...{ type: "explicit", count: 3, sum: 6, min: 0, max: undefined },
      ...{ bounds: [1.5], counts: [1, 2] },
    });
  });

  it("read an exponential histogram", () => {
    const point = {
      ...{ ...times, count: 6, sum: 9.5, scale: -1, zeroCount: 1, zeroThreshold: 0.001, min: -3, max: 7 },
      ...{ positive: { offset: -2, bucketCounts: ["1", "0", "3"] }, negative: { offset: 4, bucketCounts: [1] } },
    };
    const { batch } = decode({ name: "m", exponentialHistogram: { aggregationTemporality: 1, dataPoints: [point] } });
    expect(batch.points[0]).toMatchObject({ kind: "histogram", temporality: "delta" });
    expect(batch.points[0]?.value).toEqual({
      ...{ type: "exponential", count: 6, sum: 9.5, min: -3, max: 7, scale: -1, zeroCount: 1, zeroThreshold: 0.001 },
      ...{ positive: { offset: -2, counts: [1, 0, 3] }, negative: { offset: 4, counts: [1] } },
    });
  });

  it.each([
    [
      "a summary",
      { summary: { dataPoints: encoding === "json" ? [{}, {}] : [new Uint8Array(0), new Uint8Array(0)] } },
      2,
      "send a histogram",
    ],
    [
      "no temporality",
      { sum: { isMonotonic: true, dataPoints: [{ ...times, asInt: 1 }] } },
      1,
      "aggregationTemporality",
    ],
    ["no time", { gauge: { dataPoints: [{ asInt: 1 }] } }, 1, "timeUnixNano is missing"],
    ["no value", { gauge: { dataPoints: [times] } }, 1, "finite value"],
    [
      "too few buckets",
      {
        histogram: {
          aggregationTemporality: 2,
          dataPoints: [{ ...times, count: 1, bucketCounts: [1], explicitBounds: [1] }],
        },
      },
      1,
      "one bucket more than the 1 bounds",
    ],
    [
      "counts that do not add up",
      {
        histogram: {
          aggregationTemporality: 2,
          dataPoints: [{ ...times, count: 2, bucketCounts: [1], explicitBounds: [] }],
        },
      },
      1,
      "do not add up",
    ],
    [
      "a scale out of range",
      { exponentialHistogram: { aggregationTemporality: 2, dataPoints: [{ ...times, scale: 99 }] } },
      1,
      "scale from -10 to 20",
    ],
  ])("with %s are rejected, counted and explained", (_what, data, rejected, reason) => {
    const decoded = decode({ name: "m", ...data });
    expect(decoded).toMatchObject({ rejected, batch: { points: [] } });
    expect(decoded.message).toContain(reason);
  });

  it("flagged as having no recorded value are skipped", () => {
    const dataPoints = [{ ...times, flags: 1 }];
    expect(decode({ name: "m", gauge: { dataPoints } })).toMatchObject({ rejected: 0, batch: { points: [] } });
  });
});

describe.each(["json", "protobuf"] as const)("a log record in %s", (encoding) => {
  const decode = (record: object) =>
    decodeOtlp("logs", encoding, encoding === "json" ? json(logs(record)) : encode("logs", logs(record)));

  it("becomes a row, its event name from the field", () => {
    const record = {
      ...{ timeUnixNano: NANOS, severityText: "INFO", eventName: "chainwatch.request", traceId: TRACE, spanId: SPAN },
      ...{ body: { stringValue: "hello" }, attributes: [{ key: "event.name", value: { stringValue: "other" } }] },
    };
    expect(decode(record).batch.logs).toEqual([
      {
        ...{ timeUs: MICROS, severityText: "INFO", eventName: "chainwatch.request", traceId: TRACE, spanId: SPAN },
        ...{ body: "hello", attributes: { "event.name": "other" }, resource: {} },
      },
    ]);
  });

  it("takes the event name from the attribute, and the observed time, where the fields are missing", () => {
    const attributes = [{ key: "event.name", value: { stringValue: "chainwatch.error" } }];
    expect(decode({ observedTimeUnixNano: NANOS, attributes }).batch.logs[0]).toMatchObject({
      ...{ timeUs: MICROS, eventName: "chainwatch.error", traceId: "", spanId: "", body: null },
    });
  });
});

describe("hostile attributes", () => {
  const span = (attributes: unknown[]): object => traces({ traceId: TRACE, spanId: SPAN, attributes });

  it("named __proto__ are attributes like any other", () => {
    const attributes = [
      { key: "__proto__", value: { kvlistValue: { values: [{ key: "polluted", value: { boolValue: true } }] } } },
      { key: "constructor", value: { stringValue: "c" } },
    ];
    for (const [encoding, body] of [
      ["json", json(span(attributes))],
      ["protobuf", encode("traces", span(attributes))],
    ] as const) {
      const read = decodeOtlp("traces", encoding, body).batch.spans[0]?.attributes ?? {};
      expect(Object.getPrototypeOf(read)).toBeNull();
      expect(Object.keys(read)).toEqual(["__proto__", "constructor"]);
    }
    const raw = `{"__proto__":{"resourceSpans":[]},"resourceSpans":[{"__proto__":{"polluted":1},"scopeSpans":[]}]}`;
    expect(decodeOtlp("traces", "json", Buffer.from(raw)).batch.spans).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("beyond 1,000 are left out and counted", () => {
    const attributes = Array.from({ length: 1_200 }, (_, i) => ({ key: `k${i}`, value: { intValue: i } }));
    const decoded = decodeOtlp("traces", "json", json(span(attributes)));
    expect(Object.keys(decoded.batch.spans[0]?.attributes ?? {})).toHaveLength(1_000);
    expect(decoded.rejected).toBe(0);
    expect(decoded.message).toContain("left out: 200 attributes");
  });

  it.each(["json", "protobuf"] as const)("a million on one span in %s are cut off or refused", (encoding) => {
    const attribute = { key: "k", value: { intValue: 1 } };
    const message = span(Array.from({ length: 1_000_000 }, () => attribute));
    const body = encoding === "json" ? json(message) : encode("traces", message);
    const outcome = (() => {
      try {
        return decodeOtlp("traces", encoding, body).message;
      } catch (error) {
        return (error as Error).name;
      }
    })();
    expect(outcome).toMatch(/TooManyValues|left out: 999000 attributes/);
  });

  it("nested 10,000 deep in JSON are cut at 16 levels, and in protobuf refused", () => {
    let value: object = { stringValue: "bottom" };
    for (let i = 0; i < 50; i += 1) value = { arrayValue: { values: [value] } };
    const shallow = decodeOtlp("traces", "json", json(span([{ key: "deep", value }])));
    expect(JSON.stringify(shallow.batch.spans[0]?.attributes)).toBe(`{"deep":${"[".repeat(16)}${"]".repeat(16)}}`);
    expect(shallow.message).toContain("left out: 1 ");

    const deep = `${'{"arrayValue":{"values":['.repeat(10_000)}{"intValue":1}${"]}}".repeat(10_000)}`;
    const text = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${TRACE}","spanId":"${SPAN}","attributes":[{"key":"d","value":${deep}}]}]}]}]}`;
    expect(decodeOtlp("traces", "json", Buffer.from(text)).batch.spans).toHaveLength(1);
    expect(() => decodeOtlp("traces", "json", Buffer.from("[".repeat(1_000_000)))).toThrow(MalformedRequest);

    expect(() => decodeOtlp("logs", "protobuf", nestedValue(2_000))).toThrow(MalformedRequest);
    expect(decodeOtlp("logs", "protobuf", nestedValue(20)).message).toContain("left out: 1 ");
  });

  it("with strings over 262,144 characters are cut between characters and counted", () => {
    const long = `${"a".repeat(262_143)}😀`;
    const decoded = decodeOtlp("traces", "json", json(span([{ key: "long", value: { stringValue: long } }])));
    expect(decoded.batch.spans[0]?.attributes.long).toBe("a".repeat(262_143));
    expect(decoded.message).toContain("cut: 1 strings");
  });

  it.each(["json", "protobuf"] as const)(
    "millions of empty values in a small %s body are refused unread",
    (encoding) => {
      const body =
        encoding === "json"
          ? Buffer.from(`{"resourceSpans":[${"{},".repeat(MAX_VALUES)}{}]}`)
          : Buffer.alloc(2 * MAX_VALUES + 2, Buffer.from([0x0a, 0x00]));
      expect(() => decodeOtlp("traces", encoding, body)).toThrow(TooManyValues);
    },
  );
});

describe("damaged requests", () => {
  const samples: [Signal, object][] = [
    ["traces", traces(fullSpan)],
    [
      "metrics",
      metrics({
        name: "m",
        histogram: {
          aggregationTemporality: 2,
          dataPoints: [
            { timeUnixNano: "9", count: 1, bucketCounts: [1, 0], explicitBounds: [2], attributes: fullSpan.attributes },
          ],
        },
      }),
    ],
    [
      "logs",
      logs({
        timeUnixNano: NANOS,
        traceId: TRACE,
        eventName: "e",
        body: { stringValue: "b" },
        attributes: fullSpan.attributes,
      }),
    ],
  ];

  /** Decodes, or throws one of the errors that are answered with 4xx. */
  const survive = (signal: Signal, encoding: "json" | "protobuf", body: Uint8Array): "read" | "refused" => {
    try {
      decodeOtlp(signal, encoding, body);
      return "read";
    } catch (error) {
      expect(error).toSatisfy((e: unknown) => e instanceof MalformedRequest || e instanceof TooManyValues);
      return "refused";
    }
  };

  it.each(samples)("%s cut off after every byte are read in part or refused", (signal, message) => {
    const [text, bytes] = [json(message), encode(signal, message)];
    for (let end = 0; end < text.length; end += 1) {
      expect(survive(signal, "json", text.subarray(0, end))).toBe("refused");
    }
    let refused = 0;
    for (let end = 0; end < bytes.length; end += 1) {
      if (survive(signal, "protobuf", bytes.subarray(0, end)) === "refused") refused += 1;
    }
    expect(refused).toBe(bytes.length - 1);
  });

  it.each(samples)("%s with any byte changed are read or refused", (signal, message) => {
    const [text, bytes] = [json(message), encode(signal, message)];
    fc.assert(
      fc.property(fc.nat(), fc.nat(255), fc.boolean(), (at, byte, asJson) => {
        const body = Buffer.from(asJson ? text : bytes);
        body[at % body.length] = byte;
        survive(signal, asJson ? "json" : "protobuf", body);
      }),
      { numRuns: 3_000 },
    );
  });

  it("made of random bytes or random JSON are read or refused", () => {
    const signal = fc.constantFrom<Signal>("traces", "metrics", "logs");
    fc.assert(
      fc.property(signal, fc.uint8Array({ maxLength: 200 }), (s, body) => void survive(s, "protobuf", body)),
      { numRuns: 3_000 },
    );
    fc.assert(
      fc.property(signal, fc.json(), (s, text) => void survive(s, "json", Buffer.from(text))),
      { numRuns: 1_000 },
    );
    // Any value in the place of any field.
    const fields = [
      "resourceSpans",
      "scopeSpans",
      "spans",
      "traceId",
      "spanId",
      "attributes",
      "key",
      "value",
      "intValue",
      "arrayValue",
      "values",
      "status",
      "kind",
      "startTimeUnixNano",
      "events",
      "dataPoints",
      "sum",
      "resourceMetrics",
      "scopeMetrics",
      "metrics",
      "name",
    ];
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 8, withCrossShrink: true },
        fc.jsonValue({ maxDepth: 1 }),
        fc.dictionary(fc.constantFrom(...fields), fc.oneof(tie("tree"), fc.array(tie("tree"), { maxLength: 2 })), {
          maxKeys: 4,
        }),
      ),
    }));
    fc.assert(
      fc.property(signal, tree, (s, value) => void survive(s, "json", Buffer.from(JSON.stringify(value)))),
      { numRuns: 2_000 },
    );
  });
});

const varint = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 128))];
const lengthPrefix = (tag: number, length: number): Buffer => Buffer.from([tag, ...varint(length)]);

/** ExportLogsServiceRequest whose body is a list in a list, `depth` times. */
function nestedValue(depth: number): Buffer {
  let value = Buffer.from([0x18, 0x01]);
  for (let i = 0; i < depth; i += 1) {
    const list = Buffer.concat([lengthPrefix(0x0a, value.length), value]);
    value = Buffer.concat([lengthPrefix(0x2a, list.length), list]);
  }
  const record = Buffer.concat([lengthPrefix(0x2a, value.length), value]);
  return [0x12, 0x12, 0x0a].reduce((inner, tag) => Buffer.concat([lengthPrefix(tag, inner.length), inner]), record);
}
