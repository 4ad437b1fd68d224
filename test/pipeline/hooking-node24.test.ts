import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectArrangement } from "../hooking/arrangement.js";
import { ARRANGEMENTS, BUNDLED } from "../hooking/arrangements.js";
import { bundleMinified, type MinifiedBundle } from "../hooking/minified-bundle.js";
import { node24 } from "./parts/node-24.js";

describe("on Node 24", () => {
  let node: string;
  let bundle: MinifiedBundle;
  beforeAll(async () => {
    node = await node24();
    bundle = await bundleMinified("bundled.mjs");
  });
  afterAll(() => bundle?.remove());

  it("is what runs", () => {
    expect(execFileSync(node, ["--version"], { encoding: "utf8" })).toMatch(/^v24\./);
  });

  it.each(ARRANGEMENTS)("$name", (arrangement) => expectArrangement({ ...arrangement, node }));

  it("in a minified bundle", () => expectArrangement({ ...BUNDLED, name: "bundle", app: bundle.file, node }));
});
