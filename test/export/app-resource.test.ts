import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AppIdentity, appResource } from "../../src/export/app-resource.js";

let folder: string;

/** An app in a folder of its own, with a tool that starts it. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "chainwatch-resource-"));
  const write = (path: string, content: object): void => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(content));
  };
  write("shop/package.json", { name: "shop-bot", version: "1.2.3" });
  write("shop/dist/package.json", { type: "module" });
  write("shop/node_modules/runner/package.json", { name: "runner", version: "9.9.9" });
});
afterAll(() => rmSync(folder, { recursive: true }));

function attributes(identity: AppIdentity = {}, env: Record<string, string> = {}, program = "shop/dist/main.js") {
  return appResource(identity, env, join(folder, program), join(folder, "shop")).attributes;
}

describe("The resource of a process", () => {
  it("has nothing but what is on the list", () => {
    expect(Object.keys(attributes({}, { NODE_ENV: "production" })).sort()).toEqual([
      "deployment.environment.name",
      "host.name",
      "process.pid",
      "service.instance.id",
      "service.name",
      "service.version",
      "telemetry.sdk.language",
      "telemetry.sdk.name",
      "telemetry.sdk.version",
    ]);
    expect(attributes()).toMatchObject({ "host.name": hostname(), "process.pid": process.pid });
  });

  it("has an instance id that no other process or worker thread has", () => {
    const ids = Array.from({ length: 100 }, () => attributes()["service.instance.id"]);
    expect(new Set(ids).size).toBe(100);
  });

  it("keeps an instance id from the environment apart for each process", () => {
    const env = { OTEL_RESOURCE_ATTRIBUTES: "service.instance.id=shop.pod-1" };
    const [one, two] = [attributes({}, env), attributes({}, env)].map((found) => found["service.instance.id"]);
    expect(one).toMatch(/^shop\.pod-1\.[0-9a-f]{8}$/);
    expect(two).not.toBe(one);
  });
});

describe("Name and version of the service", () => {
  it("are those of the nearest named package.json", () => {
    expect(attributes()).toMatchObject({ "service.name": "shop-bot", "service.version": "1.2.3" });
  });

  it("are not those of a tool that starts the app", () => {
    expect(attributes({}, {}, "shop/node_modules/runner/bin.js")["service.name"]).toBe("shop-bot");
    expect(appResource({}, {}, undefined, join(folder, "shop")).attributes["service.name"]).toBe("shop-bot");
  });

  it("are found from a program named relative to the working folder", () => {
    expect(appResource({}, {}, "dist/main.js", join(folder, "shop")).attributes["service.name"]).toBe("shop-bot");
  });

  it("are unknown without a package.json", () => {
    const found = appResource({}, {}, "/nowhere/main.js", "/nowhere").attributes;
    expect(found["service.name"]).toBe("unknown_service:node");
    expect(found).not.toHaveProperty("service.version");
  });

  it("come from an option, else from the service variable, else from the resource variable", () => {
    const env = {
      OTEL_SERVICE_NAME: "from-name",
      OTEL_RESOURCE_ATTRIBUTES:
        "service.name=from-attributes,service.version=7,deployment.environment.name=canary,team=blue%20one",
      NODE_ENV: "production",
    };
    const option = { serviceName: "from-option", serviceVersion: "8", environment: "staging" };
    expect(attributes(option, env)).toMatchObject({
      "service.name": "from-option",
      "service.version": "8",
      "deployment.environment.name": "staging",
      team: "blue one",
    });
    expect(attributes({}, env)).toMatchObject({
      "service.name": "from-name",
      "service.version": "7",
      "deployment.environment.name": "canary",
    });
    expect(attributes({}, { OTEL_RESOURCE_ATTRIBUTES: "service.name=from-attributes" })["service.name"]).toBe(
      "from-attributes",
    );
  });
});
