import { expect, test } from "vitest";
import { oneLine } from "../../src/export/one-line.js";

test.each([
  ["two\r\nlines\t and  spaces ", "two lines and spaces"],
  ["\u001b]0;title\u0007said \u009b31mred", "]0;title said 31mred"],
  ["right\u202eto left\u200b, broken \ud800\ufffd", "right to left , broken"],
  ["Größe 大小 ✓", "Größe 大小 ✓"],
])("what stands on a terminal has no characters that control it: %j", (text, line) => {
  expect(oneLine(text)).toBe(line);
});
