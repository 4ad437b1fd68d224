import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadRules } from "../../src/server/load-rules.js";
import { temporaryFolder } from "./running-server.js";

test("without a file the six default rules hold", () => {
  expect(loadRules(undefined, {})).toMatchObject({ file: undefined, rules: { length: 6 } });
});

test("a named file extends the default rules", () => {
  const file = join(temporaryFolder(), "team.yaml");
  writeFileSync(file, 'rules:\n  - id: busy\n    indicator: requests.count\n    when: "> 100 requests"\n');
  const { rules } = loadRules(file, {});
  expect(rules.map(({ id }) => id)).toContain("busy");
  expect(rules).toHaveLength(7);
});

test("mistakes are told together, each with its line", () => {
  const file = join(temporaryFolder(), "team.yaml");
  writeFileSync(
    file,
    'rules:\n  - id: busy\n    indicator: request.count\n    when: "> 5 requests"\n    severity: loud\n',
  );
  expect(() => loadRules(file, {})).toThrow(/team\.yaml:3:.*\n.*team\.yaml:5:/);
});

test("a named file that is not there is an error with the cure", () => {
  expect(() => loadRules("/nowhere/team.yaml", {})).toThrow(/option "config".*found "\/nowhere\/team.yaml".*--config/);
});
