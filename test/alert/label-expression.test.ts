import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ExpressionRefusal, LabelExpression } from "../../src/alert/label-expression.js";

const matches = (source: string, text: string): boolean => new LabelExpression(source).matches(text);

/** Where the language's own answers at once, both agree. */
const own = (source: string, text: string): boolean => new RegExp(`^(?:${source})$`).test(text);

describe("it answers as the language's own expression for the whole text", () => {
  test.each([
    ["", ["", "a"]],
    ["gpt-4(o|\\.1)(-mini)?", ["gpt-4o", "gpt-4.1-mini", "gpt-4x1", "gpt-4o-mini-x"]],
    [".*(mini|nano).*", ["gpt-4o-mini", "gpt-5-nano-2", "gpt-5", "mini\n"]],
    ["[^]*", ["", "a\nb"]],
    ["[]", ["", "a"]],
    ["[\\]a-c^]{2,3}", ["]a", "^^^", "a", "abca", "ad"]],
    ["(?:ab){2,}", ["ab", "abab", "ababab", "ababa"]],
    ["(?<name>a)+?", ["", "a", "aaa"]],
    ["a{,2}", ["a{,2}", "a", "aa"]],
    ["a{0}b{1}", ["b", "ab"]],
    ["\\d+\\.\\d{1,3}", ["1.2", "12.3456", "x.1"]],
    ["\\x41\\u0042\\cJ\\0", ["AB\n\0", "AB"]],
    [".*\\bmini\\b.*", ["gpt mini 4", "gpt-mini", "minimal"]],
    [".*\\Bini", ["mini", "ini", "m-ini"]],
    ["^a$|b^|$", ["a", "b", ""]],
    ["(a*)*|(b|)*c", ["aaa", "", "bbc", "bb"]],
    ["通义.+", ["通义千问", "通义"]],
    [".", ["\u{1F600}", "a"]],
  ])("%s", (source, texts) => {
    for (const text of texts) expect([text, matches(source, text)]).toEqual([text, own(source, text)]);
  });

  test("whatever is put together", () => {
    const atom = fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "\\w", "\\b", "^", "$", "", "-");
    const { source } = fc.letrec<{ source: string }>((tie) => ({
      source: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        atom,
        fc.tuple(tie("source"), tie("source")).map(([a, b]) => `${a}${b}`),
        fc.tuple(tie("source"), tie("source")).map(([a, b]) => `(?:${a}|${b})`),
        fc
          .tuple(tie("source"), fc.constantFrom("*", "+", "?", "{2}", "{1,2}", "{0,1}?", "{2,}"))
          .map(([a, quantifier]) => `(${a})${quantifier}`),
      ),
    }));
    const text = fc.array(fc.constantFrom("a", "b", "-"), { maxLength: 6 }).map((characters) => characters.join(""));
    fc.assert(
      fc.property(source, text, (made, tried) => {
        expect(matches(made, tried)).toBe(own(made, tried));
      }),
      { numRuns: 2000 },
    );
  });
});

test.each(["(a+)+b", `${".*".repeat(100)}x`, "(a|a)*b", `${"a?".repeat(150)}${"a".repeat(150)}b`])(
  "%s, which takes the language's own years, is answered",
  (source) => {
    expect(matches(source, "a".repeat(1000))).toBe(false);
  },
);

describe("what cannot be answered so is refused", () => {
  test.each([
    ["(a)\\1", /without back references such as \\1/],
    ["(?<n>a)\\k<n>", /without back references such as \\k/],
    ["(?!a).*", /without look-around and flags such as \(\?!a: use != or !~/],
    ["(?<=a)b", /without look-around/],
    ["((a{50}){50}){50}", /fewer counted repetitions/],
    ["(){1000000000}", /fewer counted repetitions/],
    ["(){0,1000000000}", /fewer counted repetitions/],
  ])("%s", (source, message) => {
    expect(() => new LabelExpression(source)).toThrow(ExpressionRefusal);
    expect(() => new LabelExpression(source)).toThrow(message);
  });

  test("what is none says so in the language's words", () => {
    for (const source of ["(", "a)|(b", "*", "[", "\\"]) {
      expect(() => new LabelExpression(source)).toThrow(SyntaxError);
    }
  });
});
