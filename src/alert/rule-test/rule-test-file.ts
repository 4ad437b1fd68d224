import { z } from "zod";
import { CATALOGUE } from "../../indicators/catalogue.js";
import type { TransitionReason } from "../alert-view.js";
import { suggestion } from "../check-rule.js";
import { RULE_DEFAULTS } from "../default-rules.js";
import { parseDuration } from "../duration.js";
import type { Rule } from "../rule.js";
import { YamlSource } from "../yaml-source.js";
import { answers } from "./answers-of.js";
import type { AnsweredQuestion, AnswerSeries, Expectation, ExpectedAlert, RuleTest } from "./rule-test.js";
import { parseValueSequence, type SequenceValue } from "./value-sequence.js";

/** The rules of a rules file, or why there are none, as the end of "expected …, found …". */
export type RulesUnderTest = { rules: readonly Rule[] } | { mistake: string };

/** The tests of a file, or every mistake in it, each `file:line:column: expected …, found …`. */
export type RuleTestFileResult = { ok: true; tests: RuleTest[] } | { ok: false; errors: string[] };

const text = z.string({ error: "a text" });
const DURATION = "a duration, such as 0s, 15s, 5m or 1h30m";
const duration = z
  .string({ error: DURATION })
  .refine((value) => parseDuration(value) !== undefined, { error: DURATION })
  .transform((value) => parseDuration(value) ?? 0);
const interval = duration.refine((seconds) => seconds >= 1, { error: `${DURATION}, from 1s up` });
const texts = z.record(z.string(), text, { error: "a map of names and texts" });
const oneOf = <const Names extends readonly string[]>(names: Names) =>
  z.enum(names, { error: `one of ${names.join(", ")}` });
/** One number is a sequence too, and YAML does not take it for a text. */
const sequence = z
  .union([z.string(), z.number()], { error: "values, such as '4 4 6x3 _ error'" })
  .transform((value) => String(value));

const REASONS = Object.keys({
  condition_true: true,
  condition_held: true,
  condition_false: true,
  below_min_requests: true,
  no_data_expired: true,
  no_data: true,
  rule_removed: true,
} satisfies Record<TransitionReason, true>) as TransitionReason[];

const series = z.strictObject(
  {
    indicator: text.optional(),
    compare_to: oneOf(["1h", "1d", "1w", "previous_release"]).optional(),
    window: interval.optional(),
    expr: text.optional(),
    labels: texts.optional(),
    values: sequence,
    counts: sequence.optional(),
  },
  { error: "a series: a map with indicator or expr, labels and values" },
);

const alert = z.strictObject(
  {
    labels: texts.optional(),
    state: oneOf(["pending", "firing"]).optional(),
    value: z.number({ error: "a number" }).optional(),
    reason: z.enum(REASONS, { error: `one of ${REASONS.join(", ")}` }).optional(),
    annotations: texts.optional(),
  },
  { error: "an alert: a map with labels and state" },
);

const expectation = z.strictObject(
  {
    eval_time: duration,
    rule: text,
    exp_state: oneOf(["inactive", "pending", "firing"]).optional(),
    exp_alerts: z.array(alert, { error: "a list of alerts, or [] for none" }).nullish(),
  },
  { error: "an expectation: a map with eval_time, rule, and exp_state or exp_alerts" },
);

const test = z.strictObject(
  {
    name: text.optional(),
    interval: interval.optional(),
    input_series: z.array(series, { error: "a list of series" }).nullish(),
    alert_rule_test: z.array(expectation, { error: "a list of expectations" }),
  },
  { error: "a test: a map with input_series and alert_rule_test" },
);

const file = z.strictObject(
  {
    rule_files: z
      .array(text, { error: "a list of one rules file" })
      .max(1, { error: "one rules file, as a server has" })
      .optional(),
    evaluation_interval: interval.optional(),
    tests: z.array(test, { error: "a list of tests" }),
  },
  { error: "a map with rule_files and tests" },
);

type WrittenTest = z.output<typeof test>;
type WrittenSeries = z.output<typeof series>;

/** What those who know promtool may write, and what it is called here. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  alertname: "write rule, and the rule's id",
  series: "write indicator and labels, or expr",
  exp_labels: "write labels",
  exp_annotations: "write annotations",
  promql_expr_test: "a rule is tested by the answers to its question; test PromQL with promtool",
};

/**
 * Reads the unit tests of rules.
 *
 * @param fileName as errors show it
 * @param loadRules gives the rules of the named file, or of none
 */
export function parseRuleTestFile(
  source: string,
  fileName: string,
  loadRules: (ruleFile: string | undefined) => RulesUnderTest,
): RuleTestFileResult {
  const yaml = new YamlSource(source, fileName);
  const failed = (): RuleTestFileResult => ({ ok: false, errors: yaml.findings.map((finding) => finding.text) });
  if (yaml.hasMistakes) return failed();
  const parsed = file.safeParse(yaml.toJs());
  for (const issue of parsed.error?.issues ?? []) addShapeMistake(yaml, issue);
  // Whether the parts fit the rules is asked of parts that have the right shape.
  if (!parsed.success || yaml.hasMistakes) return failed();

  const { rule_files: ruleFiles, evaluation_interval: evaluationS, tests } = parsed.data;
  const loaded = loadRules(ruleFiles?.[0]);
  if ("mistake" in loaded) {
    yaml.add(["rule_files", 0], `expected a rules file without mistakes, found ${loaded.mistake}`);
    return failed();
  }
  const rules = loaded.rules.map((rule) => (evaluationS === undefined ? rule : { ...rule, intervalS: evaluationS }));
  const intervalS = evaluationS ?? RULE_DEFAULTS.intervalS;
  const read = tests.map((written, index) => readTest(new TestReader(yaml, rules, index), written, intervalS));
  return yaml.hasMistakes ? failed() : { ok: true, tests: read };
}

function addShapeMistake(yaml: YamlSource, issue: z.core.$ZodIssue): void {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) {
      const cure = Object.hasOwn(OTHER_NAMES, key) ? `; ${OTHER_NAMES[key]}` : suggestion(key, knownKeys(path));
      yaml.addAtKey(path, key, `unknown key "${key}"${cure}`);
    }
    return;
  }
  const of = typeof path.at(-1) === "string" ? `${String(path.at(-1))}: ` : "";
  yaml.add(path, `${of}expected ${issue.message}, found ${yaml.textAt(path)}`);
}

function knownKeys(path: readonly PropertyKey[]): string[] {
  const names = path.filter((part) => typeof part === "string");
  const shapes: Record<string, z.ZodRawShape> = {
    "": file.shape,
    tests: test.shape,
    input_series: series.shape,
    alert_rule_test: expectation.shape,
    exp_alerts: alert.shape,
  };
  return Object.keys(shapes[String(names.at(-1) ?? "")] ?? {});
}

function readTest(reader: TestReader, written: WrittenTest, intervalS: number): RuleTest {
  return {
    name: written.name ?? `test ${reader.index + 1}`,
    intervalS: written.interval ?? intervalS,
    series: (written.input_series ?? []).flatMap((one, place) => reader.series(one, place)),
    expectations: written.alert_rule_test.flatMap((one, place) => reader.expectation(one, place)),
  };
}

/** Reads the parts of one test against the rules; what does not fit them is a mistake in the file. */
class TestReader {
  constructor(
    private readonly yaml: YamlSource,
    private readonly rules: readonly Rule[],
    readonly index: number,
  ) {}

  series(written: WrittenSeries, place: number): AnswerSeries[] {
    const path = ["tests", this.index, "input_series", place];
    const question = this.question(written, path);
    const values = this.sequence(written.values, [...path, "values"]);
    const counts = written.counts === undefined ? [] : this.sequence(written.counts, [...path, "counts"]);
    if (question === undefined || values === undefined || counts === undefined) return [];
    const read: AnswerSeries = { question, labels: written.labels ?? {}, values };
    if (written.counts !== undefined) read.counts = counts;
    if (!this.rules.some((rule) => answers(read, rule))) {
      this.yaml.add(path, `expected the answer to a rule's question, found ${this.nobodyAsks(read)}`);
    }
    return [read];
  }

  expectation(written: z.output<typeof expectation>, place: number): Expectation[] {
    const path = ["tests", this.index, "alert_rule_test", place];
    const { eval_time: evalTimeS, exp_state: state, exp_alerts: alerts } = written;
    const rule = this.rules.find(({ id }) => id === written.rule);
    if (rule === undefined) {
      const known = this.rules.map(({ id }) => id);
      const message = `expected the id of a rule, found "${written.rule}"${suggestion(written.rule, known)}`;
      this.yaml.add([...path, "rule"], message);
    }
    if (state === undefined && alerts === undefined) {
      this.yaml.add(path, "expected exp_state or exp_alerts, found neither; write exp_alerts: [] for none");
    }
    if (rule === undefined) return [];
    return [
      {
        rule,
        evalTimeS,
        ...(state !== undefined && { state }),
        ...(alerts !== undefined && { alerts: (alerts ?? []).map(expectedAlert) }),
      },
    ];
  }

  private question(written: WrittenSeries, path: readonly PropertyKey[]): AnsweredQuestion | undefined {
    const { indicator, expr, compare_to: compareTo, window: windowS } = written;
    if ((indicator === undefined) === (expr === undefined)) {
      const found = expr === undefined ? "neither" : "both";
      this.yaml.add(path, `expected either indicator or expr, found ${found}`);
      return undefined;
    }
    if (expr !== undefined) return { expr };
    const known = CATALOGUE.map(({ id }) => id);
    if (indicator === undefined || !known.includes(indicator)) {
      const message = `expected the id of an indicator, found "${indicator}"${suggestion(String(indicator), known)}`;
      this.yaml.add([...path, "indicator"], message);
      return undefined;
    }
    return {
      indicator,
      ...(compareTo !== undefined && { compareTo }),
      ...(windowS !== undefined && { windowS }),
    };
  }

  private sequence(values: string, path: readonly PropertyKey[]): SequenceValue[] | undefined {
    const read = parseValueSequence(values);
    if ("values" in read) return read.values;
    this.yaml.add(path, read.mistake, read.within);
    return undefined;
  }

  private nobodyAsks({ question }: AnswerSeries): string {
    if ("expr" in question) return "an expr that no rule has";
    const asking = this.rules.flatMap(({ id, question: asked }) => {
      if (asked.kind !== "indicator" || asked.indicator !== question.indicator) return [];
      const labels = [...asked.by, ...Object.keys(asked.where)];
      return [`${id} (${labels.length === 0 ? "without labels" : `labels ${labels.join(", ")}`})`];
    });
    return asking.length === 0
      ? `an indicator that no rule asks: ${question.indicator}`
      : `one that none asks; ${question.indicator} is asked by ${asking.join(", ")}`;
  }
}

function expectedAlert({ labels, state, value, reason, annotations }: z.output<typeof alert>): ExpectedAlert {
  return {
    labels: labels ?? {},
    state: state ?? "firing",
    ...(value !== undefined && { value }),
    ...(reason !== undefined && { reason }),
    ...(annotations !== undefined && { annotations }),
  };
}
