import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runWords } from "./run-words.js";

/** The files of the worked example in the documentation, by the name in their first line. */
const EXAMPLE = new Map(
  [...readFileSync("docs/rules.md", "utf8").matchAll(/```yaml\n(# (\S+)\n[\s\S]*?)```/g)].map(([, text, name]) => [
    name,
    text ?? "",
  ]),
);

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "chainwatch-rules-test-"));
  file = join(folder, "rules.test.yaml");
  writeFileSync(join(folder, "chainwatch.yaml"), EXAMPLE.get("chainwatch.yaml") ?? "");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function written(change: (text: string) => string = (text) => text): string {
  writeFileSync(file, change(EXAMPLE.get("rules.test.yaml") ?? ""));
  return file;
}

test("the worked example of the documentation passes", async () => {
  const { code, out } = await runWords(["rules", "test", written()]);
  expect(out).toBe(`✓ ${file}  tests: 1, expectations: 4`);
  expect(code).toBe(0);
});

describe("what does not stand as expected", () => {
  const wrong = (text: string) =>
    text.replace("exp_state: firing", "exp_state: inactive").replace("value: 6", "value: 7");

  test("is told with test, rule, time, expected and found", async () => {
    const { code, out } = await runWords(["rules", "test", written(wrong)]);
    expect(out.split("\n")).toEqual([
      "✗ one slow type, and a source that fails: slow-type at 15s",
      '    expected: pending {type="chat"} value 7',
      '    found:    pending {type="chat"} value 6',
      "✗ one slow type, and a source that fails: slow-type at 1m30s",
      "    expected: inactive",
      "    found:    firing",
      "    error:    the test lets the query fail",
      `✗ ${file}  failed tests: 1 of 1`,
    ]);
    expect(code).toBe(1);
  });

  test("in Chinese", async () => {
    const { out } = await runWords(["rules", "test", written(wrong), "--lang", "zh"]);
    expect(out).toContain("期望： inactive");
    expect(out).toContain("1 个测试中 1 个失败");
  });

  test("as JSON", async () => {
    const { code, out } = await runWords(["rules", "test", "--json", written(wrong)]);
    const [first] = JSON.parse(out).files[0].tests;
    expect(code).toBe(1);
    expect(first).toMatchObject({ ok: false, expectations: 4 });
    expect(first.failures[1]).toEqual({
      rule: "slow-type",
      eval_time_s: 90,
      expected: ["inactive"],
      found: ["firing"],
      error: "the test lets the query fail",
    });
  });
});

describe("what cannot be run fails", () => {
  test("with the mistakes of the test file", async () => {
    const { code, out } = await runWords(["rules", "test", written((text) => text.replace("errorx3", "errx3"))]);
    expect(code).toBe(1);
    expect(out).toMatch(/rules\.test\.yaml:9:24: expected a value such as .*, found "errx3"\n✗ /);
  });

  test("with the mistakes of the rules file", async () => {
    writeFileSync(join(folder, "chainwatch.yaml"), 'rules: [{ id: slow, indicator: response_time.avg, when: "> 5" }]');
    const { code, out } = await runWords(["rules", "test", written()]);
    expect(code).toBe(1);
    expect(out).toContain("rules.test.yaml:2:14: expected a rules file without mistakes, found chainwatch.yaml\n");
    expect(out).toMatch(/chainwatch\.yaml:1:\d+: .*expected a comparison/);
  });

  test("without a rules file that is named, or the tests themselves", async () => {
    rmSync(join(folder, "chainwatch.yaml"));
    expect((await runWords(["rules", "test", written()])).out).toContain("which cannot be read: it is not there");
    rmSync(file);
    expect(await runWords(["rules", "test", file])).toMatchObject({
      code: 1,
      out: expect.stringContaining(`${file}: the file of tests cannot be read: it is not there`),
    });
  });

  test("and the other files are tested all the same", async () => {
    const { code, out } = await runWords(["rules", "test", join(folder, "none.yaml"), written()]);
    expect(code).toBe(1);
    expect(out).toContain(`✓ ${file}`);
  });
});

test("without rule_files the default rules are tested", async () => {
  writeFileSync(
    file,
    `tests:
  - input_series: [{ indicator: response_time.avg, values: "4 11" }]
    alert_rule_test:
      - { eval_time: 0s, rule: slow-response, exp_state: inactive }
      - { eval_time: 15s, rule: very-slow-response, exp_state: firing }
`,
  );
  expect(await runWords(["rules", "test", file])).toMatchObject({ code: 0 });
});
