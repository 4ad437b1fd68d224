import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { startModelServer } from "../../src/demo/model-server.js";
import { withRequest } from "../../src/index.js";
import * as semconv from "../../src/instrument/semconv.js";
import { WatchedApp } from "../instrument/watched-app.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const document = readFileSync(`${root}docs/metrics.md`, "utf8");
const INSTRUMENTS = Object.entries(semconv).flatMap(([name, value]) => (name.startsWith("METRIC_") ? [value] : []));

/** The names in the last column of an instrument's line. */
function attributesOf(instrument: string): string[] {
  const line = document.split("\n").find((each) => each.startsWith(`| \`${instrument}\` |`));
  const [, attributes = ""] = /\| ([^|]*) \|$/.exec(line ?? "") ?? [];
  return [...attributes.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
}

describe("docs/metrics.md", () => {
  it("is what build/metrics-doc.mjs writes from the code", () => {
    const fresh = execFileSync(process.execPath, ["build/metrics-doc.mjs", "--print"], { cwd: root, encoding: "utf8" });
    expect(document, "run: npm run build && node build/metrics-doc.mjs").toBe(fresh);
  });

  describe("beside an app that uses everything", () => {
    let app: WatchedApp;
    let models: Awaited<ReturnType<typeof startModelServer>>;

    beforeAll(async () => {
      models = await startModelServer({ latencyScale: 0 });
      app = await new WatchedApp({ serviceVersion: "1.0.0" }).ready();
      const client = { apiKey: "none", maxRetries: 0, configuration: { baseURL: models.url } };
      const add = tool(({ a }) => a + 1, { name: "add", description: "adds one", schema: z.object({ a: z.number() }) });
      await withRequest({ requestType: "everything", userId: "user_001" }, async () => {
        await new ChatOpenAI({ model: "gpt-4o-mini", ...client }).invoke("hello");
        for await (const _ of await new ChatOpenAI({ model: "unpriced", ...client }).stream("hello"));
        await new OpenAIEmbeddings({ model: "text-embedding-3-small", ...client }).embedQuery("hello");
        await add.invoke({ a: 1 });
      });
      await app.flush();
    });
    afterAll(async () => {
      await app.stop();
      await models.close();
    });

    it("names the attributes of every point that was sent, and no others", () => {
      const sent = INSTRUMENTS.filter((instrument) => app.points(instrument).length > 0);
      expect(sent.length).toBeGreaterThanOrEqual(12);
      for (const instrument of sent) {
        const found = new Set(app.points(instrument).flatMap(({ attributes }) => Object.keys(attributes)));
        // Nothing failed here, so nothing has an error type.
        const documented = attributesOf(instrument).filter((name) => name !== semconv.ATTR_ERROR_TYPE);
        expect([...found].sort(), instrument).toEqual(documented.sort());
      }
    });

    it("names every attribute of the spans and records that were sent", () => {
      const names = [...app.spans(), ...app.records()].flatMap(({ attributes }) => Object.keys(attributes));
      const ours = new Set(names.filter((name) => !/^(http|url|network|user_agent)\./.test(name)));
      expect(ours.size).toBeGreaterThan(20);
      expect([...ours].filter((name) => !document.includes(`\`${name}\``))).toEqual([]);
    });
  });
});
