import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { parseKeyPairsIntoRecord, SDK_INFO } from "@opentelemetry/core";
import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import {
  RESOURCE_ENVIRONMENT,
  RESOURCE_SERVICE_INSTANCE_ID,
  RESOURCE_SERVICE_NAME,
  RESOURCE_SERVICE_VERSION,
} from "../instrument/semconv.js";

export interface AppIdentity {
  /** `service.name`. */
  serviceName?: string | undefined;
  /** `service.version`, the release. */
  serviceVersion?: string | undefined;
  /** `deployment.environment.name`. */
  environment?: string | undefined;
}

interface AppPackage {
  name?: string;
  version?: string;
}

/** The `package.json` nearest to the program that runs, when there is one. */
function nearestPackage(program: string | undefined): AppPackage {
  if (program === undefined) return {};
  for (let folder = dirname(program); ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) {
      try {
        const { name, version } = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
        return {
          ...(typeof name === "string" ? { name } : {}),
          ...(typeof version === "string" ? { version } : {}),
        };
      } catch {
        return {};
      }
    }
    if (folder === dirname(folder)) return {};
  }
}

/**
 * The resource of this process or worker thread. An allow-list: OpenTelemetry's default detectors send the command
 * line, and with it whatever secret stands there. Each process and each worker thread has an instance id of its own,
 * so a counter never begins anew inside a series. An option wins over `OTEL_SERVICE_NAME` and
 * `OTEL_RESOURCE_ATTRIBUTES`, those over `package.json`.
 */
export function appResource(
  identity: AppIdentity,
  env: Readonly<Record<string, string | undefined>>,
  program: string | undefined,
): Resource {
  const given = parseKeyPairsIntoRecord(env.OTEL_RESOURCE_ATTRIBUTES ?? "");
  const appPackage = nearestPackage(program);
  const name =
    identity.serviceName ||
    env.OTEL_SERVICE_NAME ||
    given[RESOURCE_SERVICE_NAME] ||
    appPackage.name ||
    "unknown_service:node";
  const version = identity.serviceVersion || given[RESOURCE_SERVICE_VERSION] || appPackage.version;
  const environment = identity.environment || given[RESOURCE_ENVIRONMENT] || env.NODE_ENV;
  return resourceFromAttributes({
    ...SDK_INFO,
    "host.name": hostname(),
    "process.pid": process.pid,
    [RESOURCE_SERVICE_INSTANCE_ID]: randomUUID(),
    ...given,
    [RESOURCE_SERVICE_NAME]: name,
    ...(version === undefined ? {} : { [RESOURCE_SERVICE_VERSION]: version }),
    ...(environment === undefined ? {} : { [RESOURCE_ENVIRONMENT]: environment }),
  });
}
