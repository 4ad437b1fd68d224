import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCommandLine } from "../../src/commands/run-command-line.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "chainwatch-rules-check-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(args: string[], env: Record<string, string> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommandLine(args, {
    screen: { write: (text: string) => out.push(text) },
    color: false,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    env,
    stop: new AbortController().signal,
  });
  return { code, out, err: err.join("\n") };
}

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const GOOD = 'rules:\n  - id: slow\n    indicator: response_time.avg\n    when: "> 5s"\n';
const BAD = `${GOOD}    severty: critical\n    for: 5s\n`;

describe("chainwatch rules check", () => {
  test("a good file: exit code 0", async () => {
    const file = write("good.yaml", GOOD);
    expect(await run(["rules", "check", file])).toEqual({
      code: 0,
      out: [`✓ ${file}  7 rules, the default ones included`],
      err: "",
    });
  });

  test("several files, one bad: every finding with its place, exit code 1", async () => {
    const good = write("good.yaml", GOOD);
    const bad = write("bad.yaml", BAD);
    const { code, out } = await run(["rules", "check", bad, good]);
    expect(out).toEqual([
      `${bad}:5:5: unknown key "severty"; did you mean "severity"?`,
      expect.stringContaining(`${bad}:6:10: warning: for: 5s is shorter than the interval of 15s`),
      `✗ ${bad}  1 mistake, 1 warning`,
      `✓ ${good}  7 rules, the default ones included`,
    ]);
    expect(code).toBe(1);
  });

  test("a warning alone is no failure", async () => {
    const file = write("odd.yaml", `${GOOD}    for: 5s\n`);
    const { code, out } = await run(["rules", "check", file]);
    expect(out.at(-1)).toBe(`✓ ${file}  7 rules, the default ones included, 1 warning`);
    expect(code).toBe(0);
  });

  test("a file that cannot be read does not keep the others from being checked", async () => {
    const good = write("good.yaml", GOOD);
    const { code, out } = await run(["rules", "check", join(folder, "none.yaml"), good]);
    expect(out[0]).toMatch(/^✗ .*none\.yaml {2}cannot be read: it is not there$/);
    expect(out[1]).toMatch(/^✓ .*good\.yaml/);
    expect(code).toBe(1);
  });

  test("what the named source cannot answer is a mistake", async () => {
    const file = write("mixed.yaml", `${GOOD}    by: [user]\n  - { id: raw, expr: up == 0 }\n`);
    expect((await run(["rules", "check", file])).code).toBe(0);

    const prometheus = await run(["rules", "check", file, "--source", "prometheus=http://127.0.0.1:9090"]);
    expect(prometheus.code).toBe(1);
    expect(prometheus.out[0]).toContain(
      ":5:9: response_time.avg by or where user: only request records can answer this",
    );
    expect(prometheus.out).toHaveLength(2);

    const local = await run(["rules", "check", file, "--source", "local"]);
    expect(local.code).toBe(1);
    expect(local.out[0]).toContain(":6:22: expected an indicator, found an expr");
    expect(local.out).toHaveLength(2);
  });

  test("environment variables stand in the file", async () => {
    const file = write("env.yaml", GOOD.replace("slow", `\${ID}`));
    expect((await run(["rules", "check", file], { ID: "mine" })).code).toBe(0);
    expect((await run(["rules", "check", file])).out[0]).toContain("expected the environment variable ID to be set");
  });

  test("--json is one object", async () => {
    const bad = write("bad.yaml", BAD);
    const none = join(folder, "none.yaml");
    const { code, out } = await run(["rules", "check", "--json", bad, none]);
    expect(code).toBe(1);
    expect(out).toHaveLength(1);
    expect(JSON.parse(out[0] ?? "")).toEqual({
      ok: false,
      files: [
        {
          file: bad,
          ok: false,
          findings: [
            { severity: "error", line: 5, column: 5, message: 'unknown key "severty"; did you mean "severity"?' },
            { severity: "warning", line: 6, column: 10, message: expect.stringContaining("shorter") },
          ],
        },
        { file: none, ok: false, error: "it is not there", findings: [] },
      ],
    });
    const good = JSON.parse((await run(["rules", "check", "--json", write("good.yaml", GOOD)])).out[0] ?? "");
    expect(good).toMatchObject({ ok: true, files: [{ ok: true, rules: 7, findings: [] }] });
  });

  test("in Chinese", async () => {
    const { out } = await run(["rules", "check", "--lang", "zh", write("bad.yaml", BAD)]);
    expect(out.at(-1)).toContain("1 处错误，1 条警告");
  });
});

describe("commands in a group", () => {
  test("the root lists the group, the group its commands with examples, the command its words and options", async () => {
    expect((await run(["--help"])).out.join("\n")).toMatch(/^ {2}rules +\S/m);

    const group = await run(["rules", "--help"]);
    expect(group.code).toBe(0);
    expect(group.out.join("\n")).toContain("Usage: chainwatch rules <command> [options]");
    expect(group.out.join("\n")).toMatch(/^ {2}check +\S/m);
    expect(group.out.join("\n")).toMatch(/Examples:\n(.*\n)*? {2}chainwatch rules check chainwatch\.yaml/);

    const command = await run(["rules", "check", "--help"]);
    expect(command.code).toBe(0);
    expect(command.out.join("\n")).toContain("Usage: chainwatch rules check FILE … [options]");
    expect(command.out.join("\n")).toMatch(/^ {2}FILE +a rules file/m);
    expect(command.out.join("\n")).toMatch(/^ {2}--json +\S/m);
  });

  test.each([
    [["help"], ["--help"]],
    [
      ["help", "serve"],
      ["serve", "--help"],
    ],
    [
      ["help", "rules"],
      ["rules", "--help"],
    ],
    [
      ["help", "rules", "check"],
      ["rules", "check", "--help"],
    ],
    [
      ["help", "serve", "--lang", "zh"],
      ["serve", "--help", "--lang", "zh"],
    ],
  ])("%j says what %j says", async (one, other) => {
    const { code, out } = await run(one);
    expect(code).toBe(0);
    expect(out).toEqual((await run(other)).out);
    expect(out.join("\n")).not.toBe("");
  });

  test("a group alone shows its help, and fails", async () => {
    const { code, out } = await run(["rules"]);
    expect(out.join("\n")).toContain("Usage: chainwatch rules <command>");
    expect(code).toBe(2);
  });

  test.each<[string[], string, string]>([
    [["rules", "chek"], 'unknown command "rules chek": did you mean check?', "chainwatch rules --help"],
    [["rules", "zzzz"], 'unknown command "rules zzzz": the commands are run, check, ', "chainwatch rules --help"],
    [["rules", "--hlep"], 'unknown option "--hlep": did you mean --help?', "chainwatch rules --help"],
    [["help", "srve"], 'unknown command "srve": did you mean serve?', "chainwatch --help"],
    [["rules", "check"], "expected FILE: a rules file", "chainwatch rules check --help"],
    [["rules", "check", "a.yaml", "--sorce", "local"], "did you mean --source?", "chainwatch rules check --help"],
    [
      ["rules", "check", "a.yaml", "--source", "influx"],
      'option --source: expected local or prometheus=URL, found "influx"',
      "chainwatch rules check --help",
    ],
  ])("%j is refused with the cure", async (args, message, help) => {
    const { code, out, err } = await run(args);
    expect(err).toContain(message);
    expect(err).toContain(`Help: ${help}`);
    expect(out).toEqual([]);
    expect(code).toBe(2);
  });
});
