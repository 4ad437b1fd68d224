import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../../src/demo/model-server.js";
import { ExampleApp } from "../examples/example-app.js";
import { OtlpServer } from "./otlp-server.js";

const PAGE = readFileSync(new URL("../../docs/vendors.md", import.meta.url), "utf8");
const SIGNALS = ["traces", "metrics", "logs"];
/** What the test puts in place of every `<…>`. */
const FILLED = "filled-in";

interface Vendor {
  name: string;
  paths: string[];
  headers: string[];
  off: string[];
  temporality: string;
  histograms: string;
  json: string;
  /** The block to copy. */
  env: Record<string, string>;
}

/** The table of docs/vendors.md, and the block of each row. */
const VENDORS: Vendor[] = Array.from(PAGE.matchAll(/^\| (?!vendor|---)(.*) \|$/gm), ([, row = ""]) => {
  const [name = "", paths = "", headers = "", off = "", temporality = "", histograms = "", json = ""] = row
    .split("|")
    .map((cell) => cell.trim());
  return {
    name,
    paths: codes(paths).map(filled),
    headers: codes(headers),
    off: off.split(", ").filter((signal) => signal !== ""),
    temporality,
    histograms,
    json,
    env: blockOf(name),
  };
});

function codes(cell: string): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, code = ""]) => code);
}

function filled(text: string): string {
  return text.replaceAll(/<[^>]+>/g, FILLED);
}

function blockOf(name: string): Record<string, string> {
  const [, block] = new RegExp(`^## ${name}\\n\\n\`\`\`ini\\n([^\`]+)\`\`\``, "m").exec(PAGE) ?? [];
  if (block === undefined) throw new Error(`docs/vendors.md has no block for ${name}`);
  return Object.fromEntries(
    block
      .trim()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), filled(line.slice(line.indexOf("=") + 1))]),
  );
}

let app: ExampleApp;
let models: ModelServer;
let server: OtlpServer;

beforeAll(async () => {
  app = new ExampleApp();
  models = await startModelServer({ latencyScale: 0 });
});
afterAll(async () => {
  app.remove();
  await models.close();
});
beforeEach(async () => {
  server = await OtlpServer.start();
});
afterEach(() => server.close());

/** The block of a vendor, with the test's server in place of its hosts. */
function toServer(env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([variable, value]) => [
      variable,
      variable.endsWith("_ENDPOINT") ? value.replace(/^https?:\/\/[^/]+/, server.url) : value,
    ]),
  );
}

/** The server is the vendor's: it refuses other paths and requests without its headers. */
function demand({ paths, headers }: Vendor): void {
  server.override = (request, response) => {
    const path = request.url ?? "";
    const status = paths.includes(path) ? (headersAreThere(request.headers) ? undefined : 401) : 404;
    if (status !== undefined) {
      response.writeHead(status).end();
      return true;
    }
    // What follows is the receiver's own path.
    request.url = path.slice(path.indexOf("/v1/"));
    return false;
  };
  const headersAreThere = (sent: Record<string, unknown>): boolean =>
    headers.every((name) => sent[name] !== undefined && sent[name] !== "");
}

async function run(vendor: Vendor, env: Record<string, string> = {}) {
  demand(vendor);
  return app.run({
    OPENAI_BASE_URL: models.url,
    OPENAI_API_KEY: "none",
    // As to every host but this machine.
    OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
    ...toServer(vendor.env),
    ...env,
  });
}

it("The page has nine vendors, each with the sections it names", () => {
  expect(VENDORS.map(({ name }) => name)).toEqual(
    "Grafana Cloud,Datadog,Honeycomb,New Relic,Dynatrace,Langfuse,LangSmith,Phoenix,SigNoz".split(","),
  );
  for (const { paths, off } of VENDORS) expect(paths.length + off.length).toBe(SIGNALS.length);
});

describe.each(VENDORS)("$name", (vendor) => {
  const { paths, off, temporality, histograms, headers } = vendor;
  const formats = vendor.json === "no" ? ["http/protobuf"] : ["http/protobuf", "http/json"];

  it.each(formats)("takes what an app with its variables sends, as %s", async (protocol) => {
    const { code, stderr } = await run(vendor, { OTEL_EXPORTER_OTLP_PROTOCOL: protocol });
    const without = off.length === 0 ? "" : ` without ${off.join(" and ")}`;
    expect(stderr).toBe(
      `chainwatch: watching "example-app" → ${server.host}${without}; prompt text off (captureMessageContent)\n`,
    );
    expect(code).toBe(0);

    expect(new Set(server.requests.map(({ path }) => path))).toEqual(new Set(paths));
    for (const request of server.requests) {
      expect(request.headers).toMatchObject({
        "content-type": protocol === "http/json" ? "application/json" : "application/x-protobuf",
        "content-encoding": "gzip",
      });
      for (const name of headers) expect(request.headers[name]).not.toContain("%");
    }

    expect(server.spans.filter(({ attributes }) => attributes["gen_ai.operation.name"] === "chat")).toHaveLength(2);
    expect(server.logs.filter(({ eventName }) => eventName === "chainwatch.request")).toHaveLength(
      off.includes("logs") ? 0 : 2,
    );
    if (off.includes("metrics")) {
      expect(server.points).toEqual([]);
      return;
    }
    const durations = server.points.filter(({ metric }) => metric === "chainwatch.request.duration");
    expect(durations.length).toBeGreaterThan(0);
    for (const point of durations) expect(point).toMatchObject({ temporality, value: { type: histograms } });
    const tokens = server.points.filter(({ metric }) => metric === "chainwatch.llm.tokens");
    expect(tokens.length).toBeGreaterThan(0);
    for (const point of tokens) expect(point).toMatchObject({ kind: "counter", temporality });
  });

  it("is played by a server that refuses every other path, and every request without its headers", async () => {
    demand(vendor);
    const status = async (path: string, names: readonly string[]): Promise<number> => {
      const sent = Object.fromEntries(names.map((name) => [name, FILLED]));
      return (await fetch(`${server.url}${path}`, { method: "POST", headers: sent })).status;
    };
    for (const path of paths) {
      for (const missing of headers) {
        expect(
          await status(
            path,
            headers.filter((name) => name !== missing),
          ),
        ).toBe(401);
      }
      expect(await status(`/elsewhere${path}`, headers)).toBe(404);
    }
    expect(await status("/v2/traces", headers)).toBe(404);
  });
});

it("An app with the wrong key at a vendor goes on, and says once what to correct", async () => {
  const [vendor] = VENDORS;
  if (vendor === undefined) throw new Error("docs/vendors.md has no table");
  const { stdout, stderr, code } = await run(vendor, { OTEL_EXPORTER_OTLP_HEADERS: "x-other=key" });
  expect(
    stderr.match(/it answered 401: the token is missing or wrong \(correct OTEL_EXPORTER_OTLP_HEADERS/g),
  ).toHaveLength(1);
  expect(stdout).toMatch(/^a trace: .+\na histogram: .+\n$/);
  expect(server.spans).toEqual([]);
  expect(code).toBe(0);
});
