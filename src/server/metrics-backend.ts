import { validateHeaderName, validateHeaderValue } from "node:http";
import { parseKeyPairsIntoRecord } from "@opentelemetry/core";
import { ConfigError } from "../instrument/config-error.js";
import type { PrometheusBackend } from "../query/prometheus/prometheus-client.js";
import { Secret } from "../receive/secret.js";
import type { ChosenSetting } from "./chosen-setting.js";
import { plainUrl, repeatable } from "./plain-url.js";

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
      expected: { en: "local, or prometheus=URL", zh: "local 或 prometheus=URL" },
      found: repeatable(setting.value) ? setting.value : { en: "something else", zh: "其他内容" },
      cure: { en: `write it like ${EXAMPLE}`, zh: `请写成 ${EXAMPLE}` },
    });
  }
  const cure = {
    en: `write it like ${EXAMPLE}; a key goes into ${HEADERS}="Authorization=Bearer%20…"`,
    zh: `请写成 ${EXAMPLE}；密钥放在 ${HEADERS}="Authorization=Bearer%20…"`,
  };
  const url = plainUrl(setting, { value, cure });
  return { url, headers: readHeaders(env[HEADERS] ?? ""), setting: setting.at };
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
        expected: {
          en: "name=value pairs that HTTP can carry, percent-encoded, with a comma between two",
          zh: "HTTP 可以传输的 name=value，百分号编码，以逗号分隔",
        },
        found: { en: `something else as part ${index + 1}`, zh: `第 ${index + 1} 项不符` },
        cure: {
          en: `write ${HEADERS}="Authorization=Bearer%20…,X-Scope-OrgID=team"`,
          zh: `请写成 ${HEADERS}="Authorization=Bearer%20…,X-Scope-OrgID=team"`,
        },
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
