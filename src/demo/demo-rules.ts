import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { defaultRules } from "../alert/default-rules.js";
import { watchedBy } from "../alert/watched.js";

/** `service.name` of the demo's app. Other apps of this machine may send to the demo's server; they count for nothing. */
export const DEMO_SERVICE = "chainwatch-demo";

/** Length of the demo's windows, seconds: short, so that an incident shows and passes while somebody watches. */
export const DEMO_WINDOW_S = 60;

/**
 * Writes the demo's rules file: the default rules, for the demo's app alone, over a short window and evaluated often.
 *
 * @returns its path
 */
export function writeDemoRules(folder: string): string {
  const path = join(folder, "chainwatch.yaml");
  const rules = defaultRules().map(({ id, name, question, when, unit, severity, minRequests, inhibits }) => ({
    id,
    name,
    ...watchedBy(question),
    where: { service: DEMO_SERVICE },
    when: when && `${when.op} ${when.value} ${unit}`,
    severity,
    min_requests: minRequests,
    inhibits,
  }));
  writeFileSync(path, stringify({ defaults: { window: `${DEMO_WINDOW_S}s`, interval: "2s" }, rules }));
  return path;
}
