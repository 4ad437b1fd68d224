import { expect, test } from "vitest";
import { takesColor, takesUtf8 } from "../../src/dashboard/terminal-abilities.js";

test.each([
  [{}, true],
  [{ LANG: "en_US.UTF-8" }, true],
  [{ LANG: "C.utf8" }, true],
  [{ LC_CTYPE: "UTF-8" }, true],
  [{ LANG: "C" }, false],
  [{ LANG: "zh_CN.GB18030" }, false],
  // In the order of POSIX; an empty one is not set.
  [{ LANG: "en_US.UTF-8", LC_ALL: "POSIX" }, false],
  [{ LANG: "C", LC_ALL: "", LC_CTYPE: "de_DE.UTF-8" }, true],
  [{ LANG: "en_US.UTF-8", TERM: "linux" }, false],
])("%j takes UTF-8: %s", (env, takes) => {
  expect(takesUtf8(env)).toBe(takes);
});

test.each([
  [true, {}, true],
  [true, { NO_COLOR: "1" }, false],
  [true, { NO_COLOR: "" }, true],
  [true, { TERM: "dumb" }, false],
  [false, {}, false],
])("a terminal: %s, with %j takes colour: %s", (isTTY, env, takes) => {
  expect(takesColor({ isTTY }, env)).toBe(takes);
});
