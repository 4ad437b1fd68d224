import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join, resolve, sep } from "node:path";
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

/**
 * The nearest named `package.json` above the program that runs. A program inside `node_modules` is a tool that starts
 * the app (a process manager, a framework's command): then the folder it was started in counts.
 */
function appPackage(program: string | undefined, cwd: string): AppPackage {
  const path = program === undefined ? undefined : resolve(cwd, program);
  const isApp = path !== undefined && !path.split(sep).includes("node_modules");
  for (let folder = isApp ? dirname(path) : cwd; ; folder = dirname(folder)) {
    const found = readPackage(join(folder, "package.json"));
    if (found.name !== undefined || folder === dirname(folder)) return found;
  }
}

function readPackage(file: string): AppPackage {
  try {
    const { name, version } = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    return {
      ...(typeof name === "string" && name !== "" ? { name } : {}),
      ...(typeof version === "string" ? { version } : {}),
    };
  } catch {
    return {};
  }
}

/**
 * The resource of this process or worker thread. An allow-list: OpenTelemetry's default detectors send the command
 * line, and with it whatever secret stands there. Each process and each worker thread has an instance id of its own,
 * so a counter never begins anew inside a series; one from `OTEL_RESOURCE_ATTRIBUTES` is the same for all of them, so
 * it becomes the beginning of theirs. An option wins over `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`, those
 * over `package.json`.
 *
 * @param program The script that runs, `process.argv[1]`.
 */
export function appResource(
  identity: AppIdentity,
  env: Readonly<Record<string, string | undefined>>,
  program: string | undefined,
  cwd: string = process.cwd(),
): Resource {
  const given = parseKeyPairsIntoRecord(env.OTEL_RESOURCE_ATTRIBUTES ?? "");
  const found = appPackage(program, cwd);
  const name =
    identity.serviceName ||
    env.OTEL_SERVICE_NAME ||
    given[RESOURCE_SERVICE_NAME] ||
    found.name ||
    "unknown_service:node";
  const version = identity.serviceVersion || given[RESOURCE_SERVICE_VERSION] || found.version;
  const environment = identity.environment || given[RESOURCE_ENVIRONMENT] || env.NODE_ENV;
  // Of what the SDK says about itself, the runtime is left out: it is the same word everywhere.
  const { "process.runtime.name": _, ...sdk } = SDK_INFO;
  const instanceId = given[RESOURCE_SERVICE_INSTANCE_ID];
  return resourceFromAttributes({
    ...sdk,
    "host.name": hostname(),
    "process.pid": process.pid,
    ...given,
    [RESOURCE_SERVICE_INSTANCE_ID]:
      instanceId === undefined ? randomUUID() : `${instanceId}.${randomUUID().slice(0, 8)}`,
    [RESOURCE_SERVICE_NAME]: name,
    ...(version === undefined ? {} : { [RESOURCE_SERVICE_VERSION]: version }),
    ...(environment === undefined ? {} : { [RESOURCE_ENVIRONMENT]: environment }),
  });
}
