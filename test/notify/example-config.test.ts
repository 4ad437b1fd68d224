import { describe, expect, test } from "vitest";
import { defaultRules } from "../../src/alert/default-rules.js";
import { CHANNEL_KIND_NAMES } from "../../src/notify/channel-kind.js";
import { parseConfigFile } from "../../src/notify/config-file.js";
import { exampleConfig } from "../../src/notify/example-config.js";
import { RECEIVER_EXAMPLES } from "../../src/notify/receiver-example.js";
import { testNotification } from "../../src/notify/test-notification.js";
import { CHANNEL_VARIABLES } from "./channel-variables.js";

describe.each(["en", "zh"] as const)("a new file in %s", (language) => {
  test.each(CHANNEL_KIND_NAMES)("with %s is right once its variables are set", (kind) => {
    const names = RECEIVER_EXAMPLES[kind].variables.map(({ name }) => name);
    const env = Object.fromEntries(names.map((name) => [name, CHANNEL_VARIABLES[name]]));
    const { findings, receivers } = parseConfigFile(exampleConfig([kind], language), "f", { env });
    expect(findings).toEqual([]);
    expect(receivers).toMatchObject([{ name: kind, kind, language }]);
  });

  test("with all of them, or none, is right; all that must be set is named", () => {
    expect(
      parseConfigFile(exampleConfig(CHANNEL_KIND_NAMES, language), "f", { env: CHANNEL_VARIABLES }).findings,
    ).toEqual([]);
    expect(parseConfigFile(exampleConfig([], language), "f", { env: {} })).toMatchObject({ ok: true, receivers: [] });
    const { findings } = parseConfigFile(exampleConfig(CHANNEL_KIND_NAMES, language), "f", { env: {} });
    const unset = findings.map(({ message }) => /variable (\w+) to be set/.exec(message)?.[1]);
    expect(unset).toEqual(
      CHANNEL_KIND_NAMES.flatMap((kind) => RECEIVER_EXAMPLES[kind].variables.map(({ name }) => name)),
    );
  });

  test("has the default rules as comments that hold when the # is gone", () => {
    const text = exampleConfig([], language);
    const [before = "", after = ""] = text.split("rules:\n");
    const [rules = "", ...rest] = after.split("\n\n");
    const live = [`${before}rules:\n${rules.replace(/^# /gm, "")}`, ...rest].join("\n\n");
    const { ok, rules: read } = parseConfigFile(live, "f", { env: {} });
    expect(ok).toBe(true);
    expect(read).toEqual(defaultRules());
    expect(rules.split("\n").every((line) => line.startsWith("#"))).toBe(true);
  });

  test("has further keys and a route as comments that are right when the # is gone", () => {
    for (const kind of CHANNEL_KIND_NAMES) {
      const [, told = ""] = exampleConfig([kind], language).split(/^(?=receivers:)/m);
      const text = told.replace(/^# (route:| {2})/gm, "$1").replace(/^( {6})# (?=[a-z_]+: )/gm, "$1");
      const { findings, route } = parseConfigFile(text, "f", { env: CHANNEL_VARIABLES });
      expect(
        findings.map((finding) => finding.text),
        kind,
      ).toEqual([]);
      expect(route).toMatchObject({ groupBy: ["service"], routes: [{ receivers: [kind] }] });
    }
  });
});

test("a test message is another one each time, so that no service takes it for a repetition", () => {
  const [one, other] = [testNotification(0, "http://x"), testNotification(0, "http://x")];
  expect(one).toMatchObject({ test: true, pageUrl: "http://x", alerts: [{ to: "firing" }] });
  expect(one.id).not.toBe(other.id);
  expect(one.groupId).not.toBe(other.groupId);
});
