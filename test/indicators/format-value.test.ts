import { describe, expect, it } from "vitest";
import { formatNumber, formatValue } from "../../src/indicators/format-value.js";

describe("a value is written", () => {
  it.each([
    ["s", 0.4123, "0.41 s"],
    ["s", 0.0123, "0.012 s"],
    ["s", 12.34, "12.3 s"],
    ["s", 10, "10 s"],
    ["s", 1234.5, "1,235 s"],
    ["s", 0, "0 s"],
    ["%", 71.428, "71.4 %"],
    ["%", 100, "100 %"],
    ["%", 0, "0 %"],
    ["%", 99.97, "99.97 %"],
    ["%", 99.9999, "99.9999 %"],
    ["%", 0.004, "0.004 %"],
    ["USD", 0.0000208, "$0.000021"],
    ["USD", 0.00002, "$0.00002"],
    ["USD", 0, "$0"],
    ["USD", 0.5, "$0.5"],
    ["USD", 1, "$1.00"],
    ["USD", 1234.567, "$1,234.57"],
    ["USD", -0.25, "-$0.25"],
    ["req/s", 5 / 300, "0.0167 req/s"],
    ["req/s", 1234.5, "1,230 req/s"],
    ["tokens", 1234, "1,234"],
    ["requests", 5, "5"],
    ["requests", 2.5, "2.5"],
  ])("%s %d as %s", (unit, value, expected) => {
    expect(formatValue({ unit }, value, "en")).toBe(expected);
  });

  it("with the Chinese unit in Chinese", () => {
    expect(formatValue({ unit: "req/s" }, 2, "zh")).toBe("2 次/秒");
  });

  it("without its unit where a label says it", () => {
    expect(formatNumber({ unit: "req/s" }, 5 / 300)).toBe("0.0167");
    expect(formatNumber({ unit: "s" }, 0.4123)).toBe("0.41");
  });
});
