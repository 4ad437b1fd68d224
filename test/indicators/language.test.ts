import { describe, expect, it } from "vitest";
import { languageOf } from "../../src/indicators/language.js";

describe("the language", () => {
  it.each([
    [{}, "en"],
    [{ LANG: "zh_CN.UTF-8" }, "zh"],
    [{ LANG: "zh_CN.UTF-8", LC_ALL: "en_US.UTF-8" }, "en"],
    [{ LANG: "de_DE.UTF-8" }, "en"],
    [{ LANG: "de_DE.UTF-8", CHAINWATCH_LANG: "zh" }, "zh"],
    [{ LANG: "zh_TW.UTF-8", CHAINWATCH_LANG: "en" }, "en"],
    [{ CHAINWATCH_LANG: "", LC_MESSAGES: "zh_CN" }, "zh"],
  ])("of %j is %s", (env, expected) => {
    expect(languageOf(env)).toBe(expected);
  });
});
