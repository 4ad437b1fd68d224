import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseConfigFile } from "../../src/notify/config-file.js";
import { configJsonSchema } from "../../src/notify/config-schema.js";

type Schema = boolean | { readonly [keyword: string]: unknown };

/** The keywords of JSON Schema that the file uses; another one fails, so that nothing is passed over. */
const KEYWORDS: Readonly<Record<string, (value: unknown, keyword: never, schema: never) => boolean>> = {
  $schema: () => true,
  $defs: () => true,
  $ref: (value, ref: string) => accepts(definitions()[ref.replace("#/$defs/", "")] ?? false, value),
  writeOnly: () => true,
  title: () => true,
  description: () => true,
  type: (value, type: string) =>
    type === "array"
      ? Array.isArray(value)
      : type === "null"
        ? value === null
        : type === "integer"
          ? Number.isInteger(value)
          : type === "object"
            ? isMap(value)
            : typeof value === type,
  enum: (value, values: readonly unknown[]) => values.includes(value),
  pattern: (value, pattern: string) => typeof value !== "string" || new RegExp(pattern, "u").test(value),
  minLength: (value, length: number) => typeof value !== "string" || value.length >= length,
  minimum: (value, least: number) => typeof value !== "number" || value >= least,
  maximum: (value, most: number) => typeof value !== "number" || value <= most,
  minItems: (value, least: number) => !Array.isArray(value) || value.length >= least,
  items: (value, items: Schema) => !Array.isArray(value) || value.every((item) => accepts(items, item)),
  required: (value, names: readonly string[]) => !isMap(value) || names.every((name) => Object.hasOwn(value, name)),
  properties: (value, properties: Readonly<Record<string, Schema>>) =>
    !isMap(value) ||
    Object.entries(properties).every(([name, of]) => !Object.hasOwn(value, name) || accepts(of, value[name])),
  propertyNames: (value, names: Schema) => !isMap(value) || Object.keys(value).every((name) => accepts(names, name)),
  additionalProperties: (value, others: Schema, { properties = {} }: { properties?: object }) =>
    !isMap(value) ||
    Object.entries(value).every(([name, other]) => Object.hasOwn(properties, name) || accepts(others, other)),
  anyOf: (value, schemas: readonly Schema[]) => schemas.some((schema) => accepts(schema, value)),
  oneOf: (value, schemas: readonly Schema[]) => schemas.filter((schema) => accepts(schema, value)).length === 1,
};

function accepts(schema: Schema, value: unknown): boolean {
  if (typeof schema === "boolean") return schema;
  return Object.entries(schema).every(([name, keyword]) => {
    const check = KEYWORDS[name];
    if (check === undefined) throw new Error(`this test does not know the keyword ${name}`);
    return check(value, keyword as never, schema as never);
  });
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const SCHEMA = JSON.parse(readFileSync(new URL("../../chainwatch.schema.json", import.meta.url), "utf8")) as Schema;

function definitions(): Readonly<Record<string, Schema>> {
  return (SCHEMA as { $defs: Readonly<Record<string, Schema>> }).$defs;
}

test("the file in the package is fresh: npm run build && npm run schema", () => {
  expect(SCHEMA).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
});

test("every key that a rule may have says what it is", () => {
  const rule = JSON.parse(JSON.stringify(configJsonSchema())).properties.rules.anyOf[0].items;
  for (const [name, { description }] of Object.entries<{ description?: string }>(rule.properties)) {
    expect(description, name).toMatch(/^[A-Z].*\.$/);
  }
});

const SLOW = 'rules:\n  - id: slow\n    indicator: response_time.avg\n    when: "> 5s"\n';

describe("editor and parser agree", () => {
  const agree = (text: string, good: boolean): void => {
    expect(parseConfigFile(text, "chainwatch.yaml", { env: {} }).ok).toBe(good);
    expect(accepts(SCHEMA, parse(text) ?? {})).toBe(good);
  };

  test.each([
    ["nothing", ""],
    ["no rules", "rules:\n"],
    ["defaults", "defaults: { window: 1h30m, interval: 250s }\n"],
    ["a rule", SLOW],
    [
      "every key of an indicator",
      `${SLOW}    name: { en: Slow, zh: 慢 }
    where: { service: bot }
    by: [type]
    window: 5m
    interval: 15s
    resolve_when: "<= 4.5s"
    for: 1m
    keep_firing_for: 5m
    severity: critical
    min_requests: 5
    no_data: alert
    no_data_for: 1h
    inhibits: [slow-response]
    receivers: [oncall]
    labels: { team: shop }
    annotations: { runbook_url: "https://wiki.example/slow", summary: "{{ value }}" }
`,
    ],
    ["a change", `${SLOW.replace("> 5s", "> +20%")}    compare_to: 1w\n`],
    ["PromQL", "rules:\n  - { id: raw, expr: up == 0 }\n"],
    ["PromQL with a condition", 'rules:\n  - { id: raw, expr: sum(x), when: "> 0.5", no_data: alert }\n'],
  ])("about %s", (_, text) => agree(text, true));

  test.each([
    ["an unknown section", "ruls: []\n"],
    ["an unknown key", `${SLOW}    severty: critical\n`],
    ["a rule without an id", 'rules:\n  - { indicator: success_rate, when: "< 95%" }\n'],
    ["a rule without a question", 'rules:\n  - { id: a, when: "< 95%" }\n'],
    ["a rule without a condition", "rules:\n  - { id: a, indicator: success_rate }\n"],
    ["two questions", `${SLOW}    expr: up == 0\n`],
    ["an unknown indicator", SLOW.replace("avg", "p42")],
    ["an indicator that is a list", SLOW.replace("response_time.avg", "queries.top")],
    ["a condition without a comparison", SLOW.replace("> 5s", "5s")],
    ["a duration in words", `${SLOW}    for: 5 minutes\n`],
    ["a duration as a number", `${SLOW}    for: 60\n`],
    ["a severity", `${SLOW}    severity: fatal\n`],
    ["a dimension", `${SLOW}    by: [modle]\n`],
    ["a split that is no list", `${SLOW}    by: type\n`],
    ["a value that is a number", `${SLOW}    where: { release: 1.2 }\n`],
    ["a number below 0", `${SLOW}    min_requests: -1\n`],
    ["a name in one language", `${SLOW}    name: { en: Slow }\n`],
    ["a time to compare with", `${SLOW.replace("> 5s", "> +20%")}    compare_to: 2d\n`],
    ["a split beside PromQL", "rules:\n  - { id: raw, expr: up == 0, by: [service] }\n"],
    ["a list", "- a\n"],
  ])("about %s, which is wrong", (_, text) => agree(text, false));

  test("an e-mail receiver may name its readers alone", () => {
    const text = "receivers:\n  - { name: finance, email: { to: [finance@example.com] } }\n";
    const env = { SMTP_URL: "smtp://smtp.example.com", EMAIL_FROM: "alerts@example.com" };
    expect(parseConfigFile(text, "chainwatch.yaml", { env }).ok).toBe(true);
    expect(accepts(SCHEMA, parse(text))).toBe(true);
  });

  test("an environment variable may stand for a duration and a condition", () => {
    const text = `${SLOW.replace("> 5s", `\${LIMIT}`)}    for: "\${FOR}"\n`;
    expect(parseConfigFile(text, "chainwatch.yaml", { env: { LIMIT: "> 5s", FOR: "1m" } }).ok).toBe(true);
    expect(accepts(SCHEMA, parse(text))).toBe(true);
  });
});

describe("editor and parser agree", () => {
  const ENV = { URL: "https://example.com/hook", KEY: "0123456789abcdef0123456789abcdef" };
  const agree = (text: string, good: boolean): void => {
    const { ok, findings } = parseConfigFile(text, "chainwatch.yaml", { env: ENV });
    expect(findings.filter(({ severity }) => severity === "error").map((finding) => finding.text)).toHaveLength(
      good ? 0 : 1,
    );
    expect(ok).toBe(good);
    expect(accepts(SCHEMA, parse(text))).toBe(good);
  };
  const receiver = (block: string): string => `receivers:\n  - { name: oncall, ${block} }\n`;

  test.each([
    ["a robot", receiver(`language: zh, dingtalk: { url: "\${URL}", at: { mobiles: ["13800000000"] } }`)],
    ["words of its own", receiver(`slack: { url: "\${URL}" }, template: { title: "{{ rule.name }}" }`)],
    ["a header", receiver(`webhook: { url: "\${URL}", headers: { Authorization: "Bearer \${KEY}" } }`)],
    ["an address that is no secret", receiver("alertmanager: { urls: [http://127.0.0.1:9093] }")],
    ["a variable for what has a form", receiver(`pagerduty: { routing_key: "\${KEY}" }`)],
    [
      "routes within routes",
      `${receiver(`slack: { url: "\${URL}" }`)}route: { group_by: [service], routes: [{ match: { severity: critical }, receivers: [oncall], routes: [{ matchers: ["rule=a"], repeat_interval: 1h }] }] }\n`,
    ],
  ])("about %s", (_, text) => agree(text, true));

  test.each([
    ["a secret in the file", receiver("slack: { url: https://example.com/hook }")],
    ["no channel", "receivers:\n  - { name: oncall }\n"],
    ["two channels", receiver(`slack: { url: "\${URL}" }, dingtalk: { url: "\${URL}" }`)],
    ["a receiver without a name", `receivers:\n  - { slack: { url: "\${URL}" } }\n`],
    ["an unknown channel", `receivers:\n  - { name: a, slack: { url: "\${URL}" }, slak: {} }\n`],
    ["an unknown key of a channel", receiver(`slack: { url: "\${URL}", ulr: x }`)],
    ["a language", receiver(`language: fr, slack: { url: "\${URL}" }`)],
    ["a map of receivers", `receivers: { oncall: { slack: { url: "\${URL}" } } }\n`],
    ["a duration of a route", "route: { repeat_interval: 5 minutes }\n"],
    ["an unknown key of a route", "route: { routes: [{ receiver: oncall }] }\n"],
  ])("about %s, which is wrong", (_, text) => agree(text, false));
});
