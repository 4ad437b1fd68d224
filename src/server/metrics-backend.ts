import { validateHeaderName, validateHeaderValue } from "node:http";
import { parseKeyPairsIntoRecord } from "@opentelemetry/core";
import { ConfigError } from "../instrument/config-error.js";
import type { PrometheusBackend } from "../query/prometheus/prometheus-client.js";
import { Secret } from "../receive/secret.js";
import type { ChosenSetting } from "./chosen-setting.js";
import { plainUrl } from "./plain-url.js";

const HEADERS = "CHAINWATCH_SOURCE_HEADERS";
const EXAMPLE = "prometheus=http://127.0.0.1:9090";

/**
 * Reads `--source`: `local`, or `prometheus=URL`. The headers are always read from the environment, because every user
 * of a machine can read its command lines.
 *
 * @returns undefined for the local store
 * @throws {ConfigError}
 */
export function readMetricsBackend(
  setting: ChosenSetting | undefined,
  env: Readonly<Record<string, string | undefined>>,
): PrometheusBackend | undefined {
  if (setting === undefined || setting.value === "local") return undefined;
  const [, value] = /^prometheus=(.*)$/.exec(setting.value) ?? [];
  if (value === undefined) {
    throw new ConfigError({
      option: setting.option,
      at: setting.at,
      expected: "local, or prometheus=URL",
      // It may be an address with a password.
      found: setting.value.includes("@") ? "something else" : setting.value,
      cure: `write it like ${EXAMPLE}`,
    });
  }
  const cure = `write it like ${EXAMPLE}; a key goes into ${HEADERS}="Authorization=Bearer%20…"`;
  return { url: plainUrl(setting, { value, cure }), headers: readHeaders(env[HEADERS] ?? "") };
}

/** In the form of `OTEL_EXPORTER_OTLP_HEADERS`; no part of it is repeated in an error, because it may be a key. */
function readHeaders(text: string): Record<string, Secret> {
  const headers: Record<string, Secret> = {};
  for (const [index, part] of text.split(",").entries()) {
    if (part.trim() === "") continue;
    const [[name, value] = ["", ""]] = Object.entries(parseKeyPairsIntoRecord(part));
    if (!isHeader(name, value)) {
      throw new ConfigError({
        option: "source",
        at: HEADERS,
        expected: "name=value pairs that HTTP can carry, percent-encoded, with a comma between two",
        found: `something else as part ${index + 1}`,
        cure: `write ${HEADERS}="Authorization=Bearer%20…,X-Scope-OrgID=team"`,
      });
    }
    headers[name] = new Secret(value);
  }
  return headers;
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
