import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { defaultRules } from "../../alert/default-rules.js";
import { formatDuration } from "../../alert/duration.js";
import type { RuleTest } from "../../alert/rule-test/rule-test.js";
import type { RulesUnderTest, RuleTestFileResult } from "../../alert/rule-test/rule-test-file.js";
import type { RuleTestFailure } from "../../alert/rule-test/run-rule-test.js";
import type { BilingualText } from "../../indicators/language.js";
import { fileTrouble } from "../../server/file-trouble.js";
import type { Command } from "../command.js";
import type { Terminal } from "../terminal.js";

/** How the tests of a file went; `errors` when they could not be run. */
type Outcome =
  | { file: string; errors: string[] }
  | { file: string; tests: { test: RuleTest; failures: RuleTestFailure[] }[] };

const WORDS = {
  at: { en: "at", zh: "时间" },
  expected: { en: "expected:", zh: "期望：" },
  found: { en: "found:   ", zh: "实际：" },
  error: { en: "error:   ", zh: "错误：" },
  nothing: { en: "no alert", zh: "没有告警" },
} satisfies Record<string, BilingualText>;

const CANNOT_READ: BilingualText = { en: "the file of tests cannot be read: ", zh: "无法读取测试文件：" };

/** `chainwatch rules test` */
export const testCommand: Command = {
  name: "test",
  summary: {
    en: "Unit tests of rules: answers given, states expected",
    zh: "规则的单元测试：给定答案，检验状态",
  },
  words: {
    value: "FILE",
    describe: { en: "a file of tests in YAML", zh: "YAML 格式的测试文件" },
    least: 1,
    most: Number.POSITIVE_INFINITY,
  },
  options: {},
  json: { en: "every test and what failed, as one JSON object", zh: "以一个 JSON 对象输出每个测试及其失败项" },
  examples: [
    {
      command: "chainwatch rules test rules.test.yaml",
      describe: { en: "exit code 1 when one fails", zh: "有测试失败时退出码为 1" },
    },
  ],
  async run(flags, terminal) {
    // The rules' schema loads only here.
    const [{ parseRuleTestFile }, { runRuleTest }, { parseRulesFile }] = await Promise.all([
      import("../../alert/rule-test/rule-test-file.js"),
      import("../../alert/rule-test/run-rule-test.js"),
      import("../../alert/rules-file.js"),
    ]);
    const rulesBeside =
      (testFile: string) =>
      (name: string | undefined): RulesUnderTest => {
        if (name === undefined) return { rules: defaultRules() };
        const path = resolve(dirname(testFile), name);
        const text = read(path);
        if ("unreadable" in text) return { mistake: `${path}, which cannot be read: ${text.unreadable.en}` };
        const { ok, rules, findings } = parseRulesFile(text.text, path, { env: terminal.env });
        return ok ? { rules } : { mistake: [name, ...findings.map((finding) => finding.text)].join("\n") };
      };
    const outcomes = flags.words.map((file): Outcome => {
      const text = read(file);
      if ("unreadable" in text)
        return { file, errors: [`${file}: ${CANNOT_READ[terminal.language]}${text.unreadable[terminal.language]}`] };
      const parsed: RuleTestFileResult = parseRuleTestFile(text.text, file, rulesBeside(file));
      if (!parsed.ok) return { file, errors: parsed.errors };
      return { file, tests: parsed.tests.map((test) => ({ test, failures: runRuleTest(test) })) };
    });
    if (flags.on("json")) terminal.out(JSON.stringify({ ok: outcomes.every(passed), files: outcomes.map(jsonOf) }));
    else for (const outcome of outcomes) tell(outcome, terminal);
    return outcomes.every(passed) ? 0 : 1;
  },
};

function read(file: string): { text: string } | { unreadable: BilingualText } {
  try {
    return { text: readFileSync(file, "utf8") };
  } catch (error) {
    return { unreadable: fileTrouble(error) };
  }
}

function passed(outcome: Outcome): boolean {
  return "tests" in outcome && outcome.tests.every(({ failures }) => failures.length === 0);
}

function tell(outcome: Outcome, { out, language }: Terminal): void {
  if ("errors" in outcome) {
    for (const error of outcome.errors) out(error);
    out(`✗ ${outcome.file}`);
    return;
  }
  for (const { test, failures } of outcome.tests) {
    for (const { rule, evalTimeS, expected, found, error } of failures) {
      const list = (alerts: string[]) => (alerts.length === 0 ? WORDS.nothing[language] : alerts.join("; "));
      out(`✗ ${test.name}: ${rule} ${WORDS.at[language]} ${formatDuration(evalTimeS)}`);
      out(`    ${WORDS.expected[language]} ${list(expected)}`);
      out(`    ${WORDS.found[language]} ${list(found)}`);
      if (error !== undefined) out(`    ${WORDS.error[language]} ${error}`);
    }
  }
  out(verdict(outcome.file, outcome.tests)[language]);
}

function verdict(file: string, tests: { test: RuleTest; failures: RuleTestFailure[] }[]): BilingualText {
  const failed = tests.filter(({ failures }) => failures.length > 0).length;
  const expectations = tests.reduce((sum, { test }) => sum + test.expectations.length, 0);
  return failed === 0
    ? {
        en: `✓ ${file}  tests: ${tests.length}, expectations: ${expectations}`,
        zh: `✓ ${file}  测试 ${tests.length} 个，期望 ${expectations} 项`,
      }
    : {
        en: `✗ ${file}  failed tests: ${failed} of ${tests.length}`,
        zh: `✗ ${file}  ${tests.length} 个测试中 ${failed} 个失败`,
      };
}

function jsonOf(outcome: Outcome): object {
  const ok = passed(outcome);
  if ("errors" in outcome) return { file: outcome.file, ok, errors: outcome.errors };
  const tests = outcome.tests.map(({ test, failures }) => ({
    name: test.name,
    ok: failures.length === 0,
    expectations: test.expectations.length,
    failures: failures.map(({ evalTimeS, ...failure }) => ({ eval_time_s: evalTimeS, ...failure })),
  }));
  return { file: outcome.file, ok, tests };
}
