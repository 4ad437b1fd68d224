import { existsSync } from "node:fs";
import { alertmanagerProgram } from "./parts/alertmanager.js";
import {
  collectorProgram,
  composeProgram,
  jaegerProgram,
  prometheusProgram,
  promtoolProgram,
  victoriaMetricsProgram,
  vmalertProgram,
} from "./parts/go-parts.js";
import { node24 } from "./parts/node-24.js";
import { PARTS_FOLDER } from "./parts/part-cache.js";

const PARTS = [
  node24,
  collectorProgram,
  jaegerProgram,
  prometheusProgram,
  promtoolProgram,
  victoriaMetricsProgram,
  vmalertProgram,
  alertmanagerProgram,
  composeProgram,
];

/**
 * Makes what is not there yet before the first test: a build takes longer than a hook may, and a test that goes by the
 * clock must not wait for one. One after the other, because each build uses every core.
 */
export default async function makeParts(): Promise<void> {
  if (!existsSync(PARTS_FOLDER)) {
    console.log(`the first run makes the real parts: about 20 minutes on 2 cores; kept in ${PARTS_FOLDER}`);
  }
  for (const make of PARTS) {
    // Not every test needs every part; those that do say it again.
    await make().catch((error: unknown) => console.error(String(error)));
  }
}
