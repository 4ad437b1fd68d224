import { describe, expect, test } from "vitest";
import { comparesByItself, promqlMistake } from "../../src/alert/promql.js";

describe("what Prometheus would answer is no mistake", () => {
  test.each([
    "up == 0",
    "sum(rate(http_errors_total[5m])) > 1",
    "histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m]))) > 2",
    "max_over_time(rate(x[5m])[1h:1m]) > 3",
    "quantile_over_time(0.9, x[5m])",
    "predict_linear(x[1h], 3600) < 0",
    "rate(x[5m] offset 1h) > 1",
    "((x)) > bool 1",
    '{__name__="a.b"} > 0',
    "absent(up{job=`api`})",
    "x > 1 # a ( in a comment",
    `x{a="(", b='"'} > 1`,
    "time() - x > 30m",
    "5",
  ])("%s", (query) => {
    expect(promqlMistake(query)).toBeUndefined();
  });
});

describe("a mistake has its place and what was expected", () => {
  test.each([
    ["", 0, "expected a query in PromQL, found an empty text"],
    ["rate(x[5m)", 9, "expected ] to close [, found )"],
    ["sum(x", 3, "expected ) to close this (, found the end of the query"],
    ["sum(x))", 6, "expected an opening bracket before this ), found none"],
    ['x{a="b} > 1', 4, 'expected the " that closes this text, found none'],
    ["1 + foo(x)", 4, "expected a function of PromQL, found foo"],
    ["histogram_quantle(0.9, x)", 0, "found histogram_quantle; did you mean histogram_quantile?"],
    ["histogram_std_dev(x)", 0, "did you mean histogram_stddev?"],
    ["x{a=b}", 4, 'expected labels as in {model="gpt-4o"}, the value in quotes, found b'],
    ["x = 5", 2, "expected == to compare, found ="],
    ["x >", 3, "expected a metric, a number or a function after >, found the end of the query"],
    ["x offset", 8, "expected a duration such as 5m after offset, found the end of the query"],
    ["rate(x[y])", 7, "expected a duration such as 5m after [, found y"],
    ["a b", 2, "expected an operator such as >, + or and after a, found b"],
    ["1 +* 2", 3, "expected a metric, a number or a function after +, found *"],
    ["sum by (a) x", 11, "expected what to aggregate in brackets, as in sum by (model) (requests_total), found x"],
    ["sum()", 0, "expected what to aggregate, found sum()"],
    ["rate(x)", 5, "expected a range for rate, as in rate(x[5m]), found x"],
    ["sum(avg_over_time((x))) > 1", 19, "expected a range for avg_over_time"],
    ["rate()", 0, "as in rate(requests_total[5m]), found nothing"],
    ["x[5m]", 0, "expected one value a series, found the range x[5m]; put it into a function, such as rate(x[5m])"],
    ["1 < (x[5m])", 5, "expected one value a series, found the range x[5m]"],
    ["sum(x[5m])", 4, "expected one value a series, found the range x[5m]"],
    ["abs(x[5m])", 4, "expected one value a series, found the range x[5m]"],
    ['"a"', 0, 'expected a query that gives numbers, found the text "a"'],
  ])("%j", (query, offset, message) => {
    const mistake = promqlMistake(query);
    expect(mistake?.message).toContain(message);
    expect(mistake?.offset).toBe(offset);
  });
});

test.each([
  ["x > 1", true],
  ["a unless b == 0", true],
  ["absent(x)", true],
  ["absent_over_time(x[1h])", true],
  ["x > bool 1", false],
  ["sum(rate(x[5m]))", false],
  ['x{a!="b"}', false],
])("whether %s leaves out what is well: %s", (query, compares) => {
  expect(comparesByItself(query)).toBe(compares);
});
