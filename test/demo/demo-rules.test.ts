import { afterEach, beforeEach, expect, test } from "vitest";
import { defaultRules } from "../../src/alert/default-rules.js";
import { DEMO_SERVICE, DEMO_WINDOW_S, writeDemoRules } from "../../src/demo/demo-rules.js";
import { loadRules } from "../../src/server/load-rules.js";
import { emptyFolder, removeFolder } from "../cli/cli-process.js";

let folder: string;

beforeEach(() => {
  folder = emptyFolder();
});

afterEach(() => removeFolder(folder));

test("the demo's rules are the default ones, over a short window, for the demo's app alone", () => {
  const { rules } = loadRules(writeDemoRules(folder), {});
  expect(rules).toEqual(
    defaultRules({ windowS: DEMO_WINDOW_S, intervalS: 2 }).map((rule) => ({
      ...rule,
      question: { ...rule.question, where: { service: DEMO_SERVICE } },
    })),
  );
});
