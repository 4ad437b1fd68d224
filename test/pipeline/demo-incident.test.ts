import { afterEach, beforeEach, expect, test } from "vitest";
import { CliProcess, emptyFolder, removeFolder } from "../cli/cli-process.js";

let cwd: string;
let demo: CliProcess;

beforeEach(() => {
  cwd = emptyFolder();
  demo = new CliProcess(["demo"], { cwd });
});

afterEach(async () => {
  await demo.kill();
  removeFolder(cwd);
});

test("the demo's incident fires, links to a failing trace, and resolves", async () => {
  const [, url = ""] = await demo.prints(/✓ server {2}(\S+)/);
  await demo.prints(/Scripted incident: demo-large answers 429 from now on/);
  expect(demo.stdout).not.toContain("🚨");

  const [, traceUrl = ""] = await demo.prints(/🚨 CRITICAL Very low success rate .*< 90 % .*trace (http:\S+)/);
  const traceId = traceUrl.split("/").at(-1);
  const trace = (await (await fetch(`${url}/api/traces/${traceId}`)).json()) as {
    spans: { status: string; attributes: Record<string, unknown> }[];
    requests: { outcome: string; error_type: string }[];
  };
  expect(trace.requests).toMatchObject([{ outcome: "error", error_type: "rate_limit" }]);
  const failedCall = trace.spans.find(({ attributes }) => attributes["gen_ai.request.model"] === "demo-large");
  expect(failedCall).toMatchObject({ status: "error" });
  expect(failedCall?.attributes["gen_ai.input.messages"]).toBeDefined();

  await demo.prints(/Incident over: demo-large answers again.*\nYour own app next: README/);
  await demo.prints(/✅ RESOLVED Very low success rate/);
  demo.signal("SIGINT");
  expect(await demo.ended()).toBe(0);
});
