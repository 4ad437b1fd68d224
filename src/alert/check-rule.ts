import { CATALOGUE, findIndicator } from "../indicators/catalogue.js";
import { DIMENSIONS, type Dimension } from "../indicators/dimension.js";
import type { Indicator } from "../indicators/indicator.js";
import { nearestName } from "../instrument/nearest-name.js";
import { type AnsweringSide, answeringSide } from "../query/answering-side.js";
import { QueryError } from "../query/query-error.js";
import { templateMistakes, withoutPlaceholders } from "./annotation-template.js";
import type { RuleDefaults } from "./default-rules.js";
import { formatDuration, parseDuration } from "./duration.js";
import { comparesByItself, promqlMistake } from "./promql.js";
import { holds, parseChange, parseThreshold, type Threshold, thresholdExample } from "./threshold.js";

/** What is wrong, or with `odd` only strange, in one key of a rule. */
export interface RuleMistake {
  /** From the rule down to the value. */
  path: readonly PropertyKey[];
  message: string;
  /** The character of the value where it begins. */
  within?: number;
  odd?: true;
}

/** Who will be asked, as far as it is known. */
export interface SourceAbilities {
  sides: readonly AnsweringSide[];
  /** Whether `expr` can be asked. */
  promql: boolean;
}

/** A rule as the file has it, whatever its parts are. */
export type RawRule = Readonly<Record<string, unknown>>;

/**
 * What is wrong between the parts of a rule that each have the right shape. Parts of a wrong shape are passed over,
 * since that is said already; so all mistakes come at once.
 */
export function checkRule(rule: RawRule, source: SourceAbilities, defaults: RuleDefaults): RuleMistake[] {
  return [...checkQuestion(rule, source), ...checkTimes(rule, defaults), ...checkTexts(rule)];
}

/** `; did you mean "…"?`, or what there is, when nothing is near. */
export function suggestion(found: string, known: readonly string[]): string {
  const near = nearestName(found, known);
  return near === undefined ? `; known: ${known.join(", ")}` : `; did you mean "${near}"?`;
}

function checkQuestion(rule: RawRule, source: SourceAbilities): RuleMistake[] {
  if (rule.indicator !== undefined && rule.expr !== undefined) {
    return [mistake("expr", "expected one question, found an indicator and an expr; leave one of them out")];
  }
  if (rule.expr !== undefined) return typeof rule.expr === "string" ? checkExpr(rule.expr, rule, source) : [];
  if (rule.indicator === undefined) {
    const message = "expected indicator: or expr:, found neither; for example indicator: response_time.p95";
    return [{ path: [], message }];
  }
  if (typeof rule.indicator !== "string") return [];
  const indicator = findIndicator(rule.indicator);
  if (indicator === undefined) return [mistake("indicator", unknownIndicator(rule.indicator))];
  return [
    ...checkDimensions(indicator, rule, source),
    ...checkComparison(rule),
    ...checkConditions(rule, (text) => parseCondition(text, indicator, rule), exampleFor(indicator, rule)),
  ];
}

function mistake(key: string, message: string): RuleMistake {
  return { path: [key], message };
}

function odd(key: string, message: string): RuleMistake {
  return { path: [key], message, odd: true };
}

function unknownIndicator(found: string): string {
  const known = CATALOGUE.map(({ id }) => id);
  return `expected the id of an indicator, found "${found}"${suggestion(found, known)}`;
}

function checkDimensions(indicator: Indicator, rule: RawRule, { sides }: SourceAbilities): RuleMistake[] {
  if (indicator.list) {
    const message = `expected an indicator with one value, found "${indicator.id}", which is a list; use requests.count with by: [type], for example`;
    return [mistake("indicator", message)];
  }
  const by = dimensionsIn(rule.by);
  const where = Object.fromEntries(
    Object.entries(isMap(rule.where) ? rule.where : {}).filter(([name]) => isDimension(name)),
  );
  try {
    answeringSide({ indicator: indicator.id, by, where }, sides);
    return [];
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const key = by.length > 0 ? "by" : Object.keys(where).length > 0 ? "where" : "indicator";
    return [mistake(key, error.message)];
  }
}

function checkComparison({ compare_to: compareTo, by, where }: RawRule): RuleMistake[] {
  if (compareTo !== "previous_release") return [];
  const mistakes: RuleMistake[] = [];
  const split = dimensionsIn(by).find((dimension) => ["service", "release", "instance"].includes(dimension));
  if (split !== undefined) {
    const message = `expected a split that two releases have in common, found ${split}; narrow with where: { service: … } and leave ${split} out`;
    mistakes.push(mistake("by", message));
  }
  const narrowed = isMap(where) ? where : {};
  if (narrowed.release !== undefined) {
    const message = "expected no release beside compare_to: previous_release, which finds the two releases itself";
    mistakes.push({ path: ["where", "release"], message });
  }
  if (narrowed.service === undefined && split === undefined) {
    const message = "releases of different services would be compared with each other; add where: { service: … }";
    mistakes.push(odd("compare_to", message));
  }
  return mistakes;
}

/** How PromQL itself says what these keys say beside an indicator. */
const IN_THE_QUERY: Readonly<Record<string, string>> = {
  where: 'filter in the query: requests_total{service="my-app"}',
  by: "split in the query: sum by (model) (…)",
  window: "the query has its own ranges: rate(…[5m])",
  min_requests: "ask for enough requests in the query: … and sum(…) > 5",
  compare_to: "compare in the query: … / (… offset 1d) > 1.2",
};

function checkExpr(expr: string, rule: RawRule, { promql }: SourceAbilities): RuleMistake[] {
  const mistakes: RuleMistake[] = [];
  for (const [key, cure] of Object.entries(IN_THE_QUERY)) {
    if (rule[key] !== undefined) mistakes.push({ path: [key], message: `"${key}" does not go with expr; ${cure}` });
  }
  if (!promql) {
    const message =
      "expected an indicator, found an expr, which needs a source that speaks PromQL; start with --source prometheus=URL, or ask an indicator";
    mistakes.push(mistake("expr", message));
  }
  const wrong = promqlMistake(expr);
  if (wrong !== undefined) mistakes.push({ path: ["expr"], message: wrong.message, within: wrong.offset });
  if (rule.when !== undefined) {
    return [...mistakes, ...checkConditions(rule, (text) => parseThreshold(text, ""), thresholdExample(""))];
  }
  if (rule.resolve_when !== undefined) {
    mistakes.push(mistake("resolve_when", 'expected when: beside it, such as when: "> 100", found none'));
  }
  for (const key of ["no_data", "no_data_for"]) {
    if (rule[key] === undefined) continue;
    const message = `"${key}" needs when: beside an expr: without it, a series that is not returned is well; for missing data ask absent(…)`;
    mistakes.push(mistake(key, message));
  }
  if (wrong === undefined && !comparesByItself(expr)) {
    const message =
      'the query compares nothing, so an alert fires for whatever it returns; add when: "> 100", or > 100 to the query';
    mistakes.push(odd("expr", message));
  }
  return mistakes;
}

function exampleFor({ unit }: Indicator, { compare_to: compareTo }: RawRule): string {
  return compareTo === undefined ? thresholdExample(unit) : '"> +20%"';
}

function parseCondition(
  text: string,
  { id, unit }: Indicator,
  { compare_to: compareTo }: RawRule,
): Threshold | { mistake: string } {
  if (compareTo !== undefined) return parseChange(text);
  const read = parseThreshold(text, unit);
  if ("mistake" in read) return read;
  if (read.value < 0) return { mistake: `expected a value from 0 up, found "${text}": ${id} is never below 0` };
  if (unit === "%" && read.value > 100) {
    return { mistake: `expected a value from 0% to 100%, found "${text}": ${id} is never above 100%` };
  }
  return read;
}

function checkConditions(
  { when, resolve_when: resolveWhen }: RawRule,
  parse: (text: string) => Threshold | { mistake: string },
  example: string,
): RuleMistake[] {
  if (when === undefined) {
    return [{ path: [], message: `when: expected a condition, such as ${example}, found nothing` }];
  }
  const mistakes: RuleMistake[] = [];
  const read = (key: string, text: unknown): Threshold | undefined => {
    if (typeof text !== "string") return undefined;
    const threshold = parse(text);
    if (!("mistake" in threshold)) return threshold;
    mistakes.push(mistake(key, threshold.mistake));
    return undefined;
  };
  const start = read("when", when);
  const end = read("resolve_when", resolveWhen);
  if (start === undefined || end === undefined) return mistakes;

  const opposite = start.op.startsWith(">") ? "<" : ">";
  if (!end.op.startsWith(opposite)) {
    const message = `expected the opposite of when: "${when}", so a comparison with ${opposite} or ${opposite}=, found "${resolveWhen}"`;
    mistakes.push(mistake("resolve_when", message));
  } else if (holds(start, end.value) && holds(end, start.value)) {
    const message = `expected a condition that does not hold together with when: "${when}", found "${resolveWhen}", which would end the alert while its condition holds`;
    mistakes.push(mistake("resolve_when", message));
  }
  return mistakes;
}

function checkTimes(rule: RawRule, defaults: RuleDefaults): RuleMistake[] {
  const seconds = (key: string): number | undefined => {
    const text = rule[key];
    return typeof text === "string" ? parseDuration(text) : undefined;
  };
  const mistakes: RuleMistake[] = [];
  const intervalS = seconds("interval") ?? defaults.intervalS;
  const windowS = seconds("window") ?? defaults.windowS;
  const every = formatDuration(intervalS);
  const forS = seconds("for") ?? 0;
  if (forS > 0 && forS < intervalS) {
    const message = `for: ${rule.for} is shorter than the interval of ${every}, so the alert fires at the second bad answer, after ${every}; make the interval shorter, or for: 0s`;
    mistakes.push(odd("for", message));
  }
  if (rule.expr === undefined && windowS < intervalS) {
    const key = rule.interval === undefined ? "window" : "interval";
    const message = `the window of ${formatDuration(windowS)} is shorter than the interval of ${every}, so what happens in between is never looked at; make the window at least ${every}`;
    mistakes.push(odd(key, message));
  }
  if (rule.no_data === "ok" && rule.no_data_for !== undefined) {
    mistakes.push(odd("no_data_for", '"no_data_for" changes nothing beside no_data: ok; leave it out'));
  }
  return mistakes;
}

const LABEL_NAME = /^[A-Za-z_]\w*$/;

function checkTexts(rule: RawRule): RuleMistake[] {
  const mistakes: RuleMistake[] = [];
  const labels = textsIn(rule.labels);
  for (const [name, value] of labels) {
    const path = ["labels", name];
    if (name === "severity") {
      const message = `expected severity: ${value} in the rule itself, found it in its labels`;
      mistakes.push({ path, message });
    } else if (!LABEL_NAME.test(name)) {
      const message = `expected a label name of letters, digits and _, found "${name}"`;
      mistakes.push({ path, message });
    } else if (value.includes("{{")) {
      const message = `expected a text that stays the same, found "${value}"; placeholders go into annotations`;
      mistakes.push({ path, message });
    }
  }
  const where = isMap(rule.where) ? Object.keys(rule.where) : [];
  const known = [...dimensionsIn(rule.by), ...where, ...labels.map(([name]) => name)];
  for (const [name, template] of textsIn(rule.annotations)) {
    const path = ["annotations", name];
    const wrong = templateMistakes(template, rule.expr === undefined ? known : undefined);
    for (const { offset, message } of wrong) mistakes.push({ path, message, within: offset });
    if (name === "runbook_url" && wrong.length === 0 && !isWebAddress(withoutPlaceholders(template))) {
      const message = `expected an address that begins with https:// or http://, found "${template}"`;
      mistakes.push({ path, message });
    }
  }
  return mistakes;
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

function textsIn(value: unknown): [string, string][] {
  return Object.entries(isMap(value) ? value : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
}

function dimensionsIn(value: unknown): Dimension[] {
  return Array.isArray(value) ? value.filter(isDimension) : [];
}

function isDimension(value: unknown): value is Dimension {
  return DIMENSIONS.some((dimension) => dimension === value);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
