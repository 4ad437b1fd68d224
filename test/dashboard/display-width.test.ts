import { describe, expect, it } from "vitest";
import { cutWidth, displayWidth, fitWidth, wrapWidth } from "../../src/dashboard/display-width.js";

describe("the width of a text on a terminal", () => {
  it.each([
    ["", 0],
    ["plain", 5],
    ["成功率", 6],
    ["响应时间 avg", 12],
    ["（全角）：", 10],
    ["かな カナ", 9],
    ["한국", 4],
    ["ｶﾅ", 2],
    ["🚨", 2],
    ["⚠️", 2],
    ["👩‍💻", 2],
    ["✓ –·…", 5],
    ["é e\u0301", 3],
    ["\x1b[31mred\x1b[39m", 3],
    ["𠀀", 2],
    ["㈱ ㎡ ㍿", 8],
    ["⿰︵゛", 6],
    ["a\u00adb", 3],
  ])("%j is %d", (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe("a text is fitted", () => {
  it.each([
    ["成功", 6, "成功  "],
    ["成功率", 6, "成功率"],
    ["成功率", 5, "成功…"],
    // The cut would be inside a double-width character: it goes as a whole.
    ["成功率高", 6, "成功… "],
    ["abcdef", 4, "abc…"],
  ])("%s into %d columns", (text, width, expected) => {
    expect(fitWidth(text, width)).toBe(expected);
    expect(displayWidth(fitWidth(text, width))).toBe(width);
  });

  it("or only cut", () => {
    expect(cutWidth("成功", 6)).toBe("成功");
  });
});

describe("a text is broken into lines", () => {
  it.each([
    ["", 5, [""]],
    ["one two three", 7, ["one two", "three"]],
    ["one two", 80, ["one two"]],
    ["else .chainwatch/data", 20, ["else", ".chainwatch/data"]],
    ["a-word-too-wide for it", 6, ["a-word", "-too-w", "ide", "for it"]],
    // No line begins with the comma, and a Latin word among characters stays whole.
    ["成功率，高", 6, ["成功", "率，高"]],
    ["用 top 命令", 6, ["用 top", "命令"]],
  ])("%j at %d columns", (text, width, lines) => {
    expect(wrapWidth(text, width)).toEqual(lines);
  });
});
