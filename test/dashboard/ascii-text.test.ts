import { expect, test } from "vitest";
import { asciiText } from "../../src/dashboard/ascii-text.js";
import { displayWidth } from "../../src/dashboard/display-width.js";

test.each([
  ["╭─ a · b ─╮", "+- a - b -+"],
  ["▁▂▃▄▅▆▇█ ██▌", "_..--==# ##="],
  ["✓ ✗ – … ↑ ↓ × →", "+ x - ~ ^ v x >"],
  ["🚨 ⚠️ ❌ ⏳", "!! !  x  .."],
  ["成功 é 👩‍💻", "???? ? ??"],
  ["\x1b[31m█\x1b[39m\n", "\x1b[31m#\x1b[39m\n"],
])("%j becomes %j, as wide as before", (text, ascii) => {
  expect(asciiText(text, { keepChinese: false })).toBe(ascii);
  expect(displayWidth(ascii)).toBe(displayWidth(text));
});

test("Chinese that was asked for stays", () => {
  expect(asciiText("成功率，（71 %）│é", { keepChinese: true })).toBe("成功率，（71 %）|?");
});
