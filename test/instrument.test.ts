import { afterEach, describe, expect, it, vi } from "vitest";
import { ConfigError } from "../src/instrument/config-error.js";
import { type InstrumentHandle, type InstrumentOptions, instrument } from "../src/instrument.js";
import { endApp } from "./export/ending-app.js";
import { OtlpServer } from "./export/otlp-server.js";

const NOWHERE = "http://127.0.0.1:9";
const LANGCHAIN_STORAGE = Symbol.for("ls:tracing_async_local_storage");
const OPENTELEMETRY = Symbol.for("opentelemetry.js.api.1");

let handle: InstrumentHandle | undefined;
let lines: string[] = [];

function start(options: object = {}): InstrumentHandle {
  lines = [];
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  try {
    handle = instrument({ endpoint: NOWHERE, ...options } as InstrumentOptions);
    return handle;
  } finally {
    stderr.mockRestore();
  }
}

/** Everything of this process that `instrument()` takes hold of. */
function hooks(): unknown {
  const globals = globalThis as Record<symbol, unknown>;
  return {
    langChain: globals[LANGCHAIN_STORAGE],
    openTelemetry: Object.keys((globals[OPENTELEMETRY] ?? {}) as object).filter((name) => name !== "version"),
    signals: ["SIGTERM", "SIGINT", "beforeExit"].map((event) => process.listenerCount(event)),
  };
}

afterEach(async () => {
  vi.unstubAllEnvs();
  const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  await handle?.shutdown();
  stderr.mockRestore();
  handle = undefined;
});

describe("instrument()", () => {
  it("says in one line what it watches, where that goes, and whether text is sent", () => {
    start({ serviceName: "my-app" });
    expect(lines).toEqual(['chainwatch: watching "my-app" → 127.0.0.1:9; prompt text off (captureMessageContent)\n']);
  });

  it("says when text is sent", () => {
    start({ serviceName: "my-app", captureMessageContent: true });
    expect(lines.join()).toContain("prompt text on");
  });

  it("called again returns the first handle, says nothing and hooks nothing twice", () => {
    const first = start();
    const hooked = hooks();
    expect(start({ serviceName: "other" })).toBe(first);
    expect(lines).toEqual([]);
    expect(hooks()).toEqual(hooked);
  });

  it("shut down leaves the process as it found it, and can be called again", async () => {
    const before = hooks();
    const first = start();
    expect(hooks()).not.toEqual(before);
    await first.shutdown();
    await new Promise((resolve) => setImmediate(resolve));
    expect(hooks()).toMatchObject({ ...(before as object), langChain: expect.anything() });
    expect(start()).not.toBe(first);
  });

  it.each(["true", "TRUE", " true "])(
    "hooks nothing with OTEL_SDK_DISABLED=%j, whatever else is set",
    async (value) => {
      const before = hooks();
      vi.stubEnv("OTEL_SDK_DISABLED", value);
      vi.stubEnv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
      const disabled = start();
      expect(hooks()).toEqual(before);
      expect(lines).toEqual(["chainwatch: OTEL_SDK_DISABLED is true: nothing is watched.\n"]);
      expect(await disabled.flush()).toBe(true);
      await disabled.shutdown();
    },
  );

  it("shows no header value, from an option or a variable", async () => {
    vi.stubEnv("OTEL_EXPORTER_OTLP_HEADERS", "x-key=SECRET-1");
    start({ headers: { authorization: "Bearer SECRET-2" }, endpoint: "http://user:SECRET-3@127.0.0.1:9" });
    const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      lines.push(String(text));
      return true;
    });
    await handle?.flush();
    await handle?.shutdown();
    stderr.mockRestore();
    expect(lines.join()).toContain("watching");
    expect(lines.join()).not.toContain("SECRET");
  });
});

describe("An option that cannot work", () => {
  it.each<[string, object, RegExp]>([
    ["an unknown name", { servicename: "x" }, /option "servicename": expected one of .*Cure: write serviceName\./],
    ["an unknown name close to none", { colour: "red" }, /option "colour": .*Cure: leave it out\./],
    ["no object", ["my-app"], /option "options": expected an object, found an array\. Cure: write instrument\(\{/],
    ["an empty name", { serviceName: "" }, /option "serviceName": expected a text that is not empty, found ""/],
    ["a version that is no text", { serviceVersion: 3 }, /option "serviceVersion": .*found 3\. Cure: give a string/],
    ["detail", { detail: "everything" }, /option "detail": expected "calls", "steps", "all", found "everything"/],
    ["endpoint", { endpoint: "4318" }, /option "endpoint": .*found "4318"\. Cure: .*http:\/\/127\.0\.0\.1:4318/],
    ["prices", { prices: { "gpt-*": { input: -1, output: 1 } } }, /option "prices": .*found -1.*gpt-\*.*Cure: /],
    ["prices in another shape", { prices: "cheap" }, /option "prices": .*found "cheap".*Cure: /],
    ["redact", { redact: true }, /option "redact": expected a function .*found true/],
    ["captureMessageContent", { captureMessageContent: "some" }, /captureMessageContent.*"some".*Cure: /],
    [
      "traceExporter",
      { traceExporter: "console" },
      /option "traceExporter": .*method export, found "console"\. Cure: /,
    ],
    ["metricExporter", { metricExporter: null }, /option "metricExporter": .*found null\. Cure: /],
    ["histogramBuckets", { histogramBuckets: 12 }, /option "histogramBuckets": .*found 12\. Cure: /],
  ])("%s: the error names it, its value and the cure, and nothing is hooked", (_, options, message) => {
    const before = hooks();
    expect(() => (Array.isArray(options) ? instrument(options as never) : start(options))).toThrow(ConfigError);
    expect(() => (Array.isArray(options) ? instrument(options as never) : start(options))).toThrow(message);
    expect(hooks()).toEqual(before);
  });

  it.each([
    [
      "OTEL_EXPORTER_OTLP_PROTOCOL",
      "grpc",
      /expected http\/protobuf or http\/json, found "grpc" \(at OTEL_EXPORTER_OTLP_PROTOCOL\)/,
    ],
    ["OTEL_METRIC_EXPORT_INTERVAL", "abc", /expected a whole number above 0, found "abc"\. Cure: correct or unset/],
    ["OTEL_TRACES_SAMPLER", "some", /expected always_on.*found "some"\. Cure: correct or unset OTEL_TRACES_SAMPLER/],
  ])("the variable %s=%s too", (variable, value, message) => {
    vi.stubEnv(variable, value);
    expect(() => start()).toThrow(ConfigError);
    expect(() => start()).toThrow(message);
  });
});

describe("The command line of the app", () => {
  it("is never sent", async () => {
    const server = await OtlpServer.start();
    try {
      await endApp({ way: "ends", endpoint: server.url, args: ["--password=CANARY-7731"] });
      const sent = JSON.stringify([server.spans, server.points, server.logs]);
      expect(server.spans).toHaveLength(1);
      expect(sent).toContain("ending-app");
      expect(sent).not.toContain("CANARY-7731");
      expect(sent).not.toContain("ending-app.mjs");
    } finally {
      await server.close();
    }
  });
});
