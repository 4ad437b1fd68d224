import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Length of the demo's windows, seconds: short, so that an incident shows and passes while somebody watches. */
export const DEMO_WINDOW_S = 60;

/**
 * Writes the demo's rules file: the default rules over a short window, evaluated often.
 *
 * @returns its path
 */
export function writeDemoRules(folder: string): string {
  const path = join(folder, "chainwatch.yaml");
  writeFileSync(
    path,
    `# The demo's rules: the six default ones over a window short enough to watch.\ndefaults: { window: ${DEMO_WINDOW_S}s, interval: 2s }\n`,
  );
  return path;
}
