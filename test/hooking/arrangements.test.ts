import { afterAll, beforeAll, describe, it } from "vitest";
import { expectArrangement } from "./arrangement.js";
import { ARRANGEMENTS, BUNDLED } from "./arrangements.js";
import { bundleMinified, type MinifiedBundle } from "./minified-bundle.js";

describe.concurrent("every run becomes one span in its trace", () => {
  it.each(ARRANGEMENTS)("$name", expectArrangement);
});

describe("in a minified bundle with LangChain in it", () => {
  let bundle: MinifiedBundle;
  beforeAll(async () => {
    bundle = await bundleMinified("bundled.mjs");
  });
  afterAll(() => bundle?.remove());

  it("every run becomes one span in its trace", () =>
    expectArrangement({ name: "bundle", app: bundle.file, ...BUNDLED }));
});
