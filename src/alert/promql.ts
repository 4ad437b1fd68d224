import { parser } from "@prometheus-io/lezer-promql";
import { nearestName } from "../instrument/nearest-name.js";

/** A mistake in a query, `offset` characters from its beginning. */
export interface PromqlMistake {
  offset: number;
  message: string;
}

type Tree = ReturnType<typeof parser.parse>;
type Node = Tree["topNode"];

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
const COMPARISONS = ["Gtr", "Lss", "Gte", "Lte", "Eql", "Neq"];
/** Around an expression without changing what it is. */
const WRAPPERS = ["ParenExpr", "OffsetExpr", "StepInvariantExpr", "AnchoredExpr", "SmoothedExpr"];
const RANGES = ["MatrixSelector", "SubqueryExpr"];

/** Functions of a range, beside those that end in `_over_time`. */
const RANGE_FUNCTIONS = new Set([
  "changes",
  "delta",
  "deriv",
  "double_exponential_smoothing",
  "idelta",
  "increase",
  "irate",
  "predict_linear",
  "rate",
  "resets",
]);

/** The grammar has a node for each function between these two, named after it: `HistogramQuantile`. */
const FUNCTIONS = functionNames();

function functionNames(): string[] {
  const names = parser.nodeSet.types.map(({ name }) => name);
  return names
    .slice(names.indexOf("AbsentOverTime"), names.indexOf("MatrixSelector"))
    .filter((name) => name !== "Identifier")
    .map((name) =>
      name
        .replace(/(?<!^)[A-Z]/g, "_$&")
        .toLowerCase()
        .replace("std_", "std"),
    );
}

/** The first thing that Prometheus would refuse in the query; undefined: it can be asked. */
export function promqlMistake(query: string): PromqlMistake | undefined {
  if (query.trim() === "") return { offset: 0, message: "expected a query in PromQL, found an empty text" };
  const tree = parser.parse(query);
  const error = firstError(tree);
  // The brackets say more than the place where the grammar gave up.
  if (error !== undefined) return bracketMistake(query) ?? syntaxMistake(query, error);
  return tree.topNode.firstChild === null ? undefined : typeMistake(query, tree);
}

/**
 * Whether the query leaves out the series that are well, as the rules of Prometheus do: it compares, or asks for what is
 * absent.
 */
export function comparesByItself(query: string): boolean {
  let compares = false;
  parser.parse(query).iterate({
    enter({ name, node }) {
      if (name === "Absent" || name === "AbsentOverTime") compares = true;
      const { parent } = node;
      if (COMPARISONS.includes(name) && parent?.name === "BinaryExpr" && parent.getChild("BoolModifier") === null) {
        compares = true;
      }
    },
  });
  return compares;
}

function firstError(tree: Tree): Node | undefined {
  let first: Node | undefined;
  tree.iterate({
    enter({ type, node }) {
      if (type.isError) first ??= node;
      return first === undefined;
    },
  });
  return first;
}

function bracketMistake(query: string): PromqlMistake | undefined {
  const open: { bracket: string; offset: number }[] = [];
  for (const { 0: token, index: offset } of query.matchAll(
    /#.*|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|`[^`]*`?|[()[\]{}]/g,
  )) {
    const [first = ""] = token;
    if (first === "#") continue;
    if (`"'\``.includes(first)) {
      if (token.length === 1 || !token.endsWith(first)) {
        return { offset, message: `expected the ${first} that closes this text, found none` };
      }
      continue;
    }
    if (first in CLOSING) {
      open.push({ bracket: first, offset });
      continue;
    }
    const last = open.pop();
    if (last === undefined) return { offset, message: `expected an opening bracket before this ${first}, found none` };
    const expected = CLOSING[last.bracket];
    if (expected !== first) return { offset, message: `expected ${expected} to close ${last.bracket}, found ${first}` };
  }
  const last = open.at(-1);
  return (
    last && {
      offset: last.offset,
      message: `expected ${CLOSING[last.bracket]} to close this ${last.bracket}, found the end of the query`,
    }
  );
}

function syntaxMistake(query: string, error: Node): PromqlMistake {
  const gap = query.slice(error.from).search(/\S/);
  const offset = gap < 0 ? query.length : error.from + gap;
  const found = query.slice(offset).match(/^(?:[\w:.]+|\S)/)?.[0];
  const before = query.slice(0, offset).trimEnd();
  const [last] = before.match(/(?:[\w:.]+|[=!<>~]+|\S)$/) ?? [];
  const name = before.match(/[A-Za-z_]\w*$/)?.[0];
  const say = (message: string, at = offset): PromqlMistake => ({ offset: at, message });

  if (found === "(" && name !== undefined) {
    const near = nearestName(name, FUNCTIONS);
    const cure = near === undefined ? "" : `; did you mean ${near}?`;
    return say(`expected a function of PromQL, found ${name}${cure}`, before.length - name.length);
  }
  if (error.parent?.name === "AggregateExpr") {
    return say(`expected what to aggregate in brackets, as in sum by (model) (requests_total), found ${found}`);
  }
  const inMatchers = error.parent?.name.endsWith("Matcher") || error.parent?.name === "LabelMatchers";
  if (inMatchers) {
    return say(`expected labels as in {model="gpt-4o"}, the value in quotes, found ${found ?? "the end of the query"}`);
  }
  if (found === "=") return say("expected == to compare, found =, which stands only between { and }");
  const what = last === "offset" || last === "[" ? "a duration such as 5m" : "a metric, a number or a function";
  if (found === undefined) return say(`expected ${what} after ${last}, found the end of the query`);
  if (/^[\w:]/.test(found) && last !== undefined && /[\w)\]}]$/.test(last)) {
    return say(`expected an operator such as >, + or and after ${last}, found ${found}`);
  }
  return say(`expected ${what}${last === undefined ? "" : ` after ${last}`}, found ${found}`);
}

function typeMistake(query: string, tree: Tree): PromqlMistake | undefined {
  const text = ({ from, to }: Node): string => query.slice(from, to);
  const whole = expression(tree.topNode.firstChild);
  if (whole?.name === "StringLiteral") {
    return { offset: whole.from, message: `expected a query that gives numbers, found the text ${text(whole)}` };
  }
  let mistake: PromqlMistake | undefined;
  const refuseRange = (node: Node | undefined): void => {
    if (node === undefined || !RANGES.includes(node.name)) return;
    mistake ??= {
      offset: node.from,
      message: `expected one value a series, found the range ${text(node)}; put it into a function, such as rate(${text(node)})`,
    };
  };
  refuseRange(whole);
  tree.iterate({
    enter({ name, node }) {
      if (name === "BinaryExpr" || name === "UnaryExpr") children(node).map(expression).forEach(refuseRange);
      if (name === "AggregateExpr") {
        const aggregated = children(node.getChild("FunctionCallBody")).map(expression);
        if (aggregated.length === 0)
          mistake ??= { offset: node.from, message: `expected what to aggregate, found ${text(node)}` };
        aggregated.forEach(refuseRange);
      }
      if (name !== "FunctionCall") return;
      const called = text(node.getChild("FunctionIdentifier") ?? node);
      const given = children(node.getChild("FunctionCallBody")).map(expression);
      if (!RANGE_FUNCTIONS.has(called) && !called.endsWith("_over_time")) {
        given.forEach(refuseRange);
      } else if (!given.some((part) => part !== undefined && RANGES.includes(part.name))) {
        const last = given.at(-1);
        const example = last === undefined ? "requests_total[5m]" : `${text(last)}[5m]`;
        mistake ??= {
          offset: last?.from ?? node.from,
          message: `expected a range for ${called}, as in ${called}(${example}), found ${last === undefined ? "nothing" : text(last)}`,
        };
      }
    },
  });
  return mistake;
}

/** What stands inside brackets, offsets and the like. */
function expression(node: Node | null | undefined): Node | undefined {
  let inner = node ?? undefined;
  while (inner !== undefined && WRAPPERS.includes(inner.name)) inner = inner.firstChild ?? undefined;
  return inner;
}

function children(node: Node | null): Node[] {
  const found: Node[] = [];
  for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) found.push(child);
  return found;
}
