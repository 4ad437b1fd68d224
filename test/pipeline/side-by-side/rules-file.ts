import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportPrometheusRules, type RulesTarget } from "../../../src/alert/export/prometheus-rules.js";
import { rulesExportText } from "../../../src/alert/export/rules-export-text.js";
import type { Rule } from "../../../src/alert/rule.js";

/** Exports rules into a file of the folder. @returns its path */
export async function exportedRules(folder: string, rules: readonly Rule[], target: RulesTarget): Promise<string> {
  const file = join(folder, `rules-${target.name}.yml`);
  await writeFile(file, rulesExportText(exportPrometheusRules(rules, target), "en"));
  return file;
}
