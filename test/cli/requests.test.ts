import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { LocalServer } from "../../src/server/local-server.js";
import { requestRecordBody } from "../server/example-telemetry.js";
import { json, post, runningServer } from "../server/running-server.js";
import { runWords } from "./run-words.js";

let server: LocalServer;
const run = (words: string[], ask?: (question: string) => Promise<string>) =>
  runWords(["requests", ...words, "--url", server.url], {}, ask);
const idsIn = (lines: string): string[] =>
  lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).request_id);

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "chainwatch-requests-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

beforeEach(async () => {
  server = await runningServer();
  for (const [n, userId] of ["ann", "bob", "ann"].entries()) {
    const outcome = n === 0 ? "error" : "success";
    const record = {
      requestId: `r${n}`,
      traceId: `${n + 1}`.padStart(32, "0"),
      userId,
      outcome,
      durationS: 0.1,
    } as const;
    await post(server, "/v1/logs", requestRecordBody(record));
  }
});

describe("export", () => {
  test("prints JSON lines, of a filter when there is one", async () => {
    const all = await run(["export"]);
    expect([all.code, idsIn(all.out), all.err]).toEqual([0, ["r2", "r1", "r0"], ""]);
    expect(idsIn((await run(["export", "--user", "ann", "--outcome", "error", "--from", "1h"])).out)).toEqual(["r0"]);
    expect((await run(["export", "--to", "1h", "--out", "-"])).out).toBe("");
  });

  test("writes a file when it is whole, and says how many requests are in it", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "a.csv");
    const written = await run(["export", "--format", "csv", "--out", file]);
    const bytes = readFileSync(file).length;
    expect([written.code, written.out]).toEqual([0, `✓ 3 requests, ${bytes} bytes: ${file}`]);
    expect(readFileSync(file, "utf8")).toMatch(/^request_id,.*\r\nr2,.*\r\nr1,.*\r\nr0,.*\r\n$/);
    const asJson = await run(["export", "--user", "bob", "--out", file, "--json"]);
    expect(JSON.parse(asJson.out)).toMatchObject({ file, format: "jsonl", requests: 1 });
    expect(readdirSync(folder)).toEqual(["a.csv"]);
    expect(await run(["export", "--out", join(folder, "none", "a"), "--lang", "zh"])).toMatchObject({
      code: 1,
      err: `chainwatch: ${join(folder, "none", "a")}：文件不存在`,
    });
  });

  test.each([
    [["--format", "xml"], 2, "option --format: expected jsonl, csv"],
    [["--from", "yesterday"], 2, "option --from: expected a time"],
    [["--format", "csv", "--json"], 2, "expected --out FILE beside --json"],
    [["--outcome", "fine"], 1, "expected one of success, error"],
  ])("%j is refused with the cure", async (words, code, message) => {
    const refused = await run(["export", ...words]);
    expect([refused.code, refused.out]).toEqual([code, ""]);
    expect(refused.err).toContain(message);
  });

  test("of a server that is not there says so", async () => {
    await server.close();
    expect((await run(["export"])).err).toContain('start "chainwatch serve"');
  });
});

describe("delete", () => {
  test("asks first, and leaves all there for any other answer than yes", async () => {
    const questions: string[] = [];
    const answering = (answer: string) => async (question: string) => {
      questions.push(question);
      return answer;
    };
    for (const answer of ["", "n", "yep"]) {
      const kept = await run(["delete", "--user", "ann"], answering(answer));
      expect(kept).toMatchObject({ code: 1, out: "", err: "nothing was deleted" });
    }
    expect((await json(server, "/api/requests")).requests).toHaveLength(3);
    const deleted = await run(["delete", "--user", "ann"], answering("y"));
    expect(deleted.code).toBe(0);
    expect(deleted.out).toMatch(
      /^✓ deleted of user "ann": 2 request records, 0 traces \(0 spans\), 0 error records, 2 JSON lines, 0 metric points, and the totals by user\nnot touched: /,
    );
    expect(questions[0]).toContain('user "ann"? This cannot be undone. [y/N]');
    expect((await json(server, "/api/requests")).requests).toMatchObject([{ user_id: "bob" }]);
  });

  test("needs --yes where nobody can be asked, and who", async () => {
    expect(await run(["delete", "--user", "ann"])).toMatchObject({ code: 2, out: "" });
    expect((await run(["delete", "--yes"])).err).toContain("expected --user ID");
    expect((await json(server, "/api/requests")).requests).toHaveLength(3);
    const deleted = await run(["delete", "--user", "ann", "--yes", "--json"]);
    expect(JSON.parse(deleted.out)).toMatchObject({ user_id: "ann", deleted: { requests: 2, json_lines: 2 } });
    expect((await run(["delete", "--user", "ann", "--yes", "--lang", "zh"])).out).toContain('没有存储用户 "ann"');
  });

  test.each([".", ".."])("takes the user %j, whom no path of the API can name", async (userId) => {
    const record = { requestId: "odd", traceId: "9".repeat(32), userId, outcome: "success", durationS: 0.1 } as const;
    await post(server, "/v1/logs", requestRecordBody(record));
    const deleted = await run(["delete", "--user", userId, "--yes", "--json"]);
    expect(JSON.parse(deleted.out)).toMatchObject({ user_id: userId, deleted: { requests: 1 } });
    expect((await json(server, "/api/requests")).requests).toHaveLength(3);
  });
});
