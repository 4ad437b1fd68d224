import { describe, expect, test } from "vitest";
import { runCommandLine } from "../../src/commands/run-command-line.js";
import { displayWidth } from "../../src/dashboard/display-width.js";

async function run(args: string[], env: Record<string, string> = {}, columns?: number) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommandLine(args, {
    screen: { write: (text: string) => out.push(text), ...(columns !== undefined && { columns }) },
    color: false,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    env,
    stop: new AbortController().signal,
  });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

describe("help", () => {
  test("--help lists every command with a line of its own", async () => {
    const { code, out } = await run(["--help"]);
    expect(code).toBe(0);
    for (const command of ["serve", "top", "demo", "doctor"])
      expect(out).toMatch(new RegExp(`^  ${command} +\\S`, "m"));
  });

  test.each(["serve", "top", "demo", "doctor"])("%s --help has its options and examples", async (command) => {
    const { code, out } = await run([command, "--help"]);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: chainwatch ${command} [options]`);
    expect(out).toContain("--json");
    expect(out).toMatch(new RegExp(`Examples:\\n {2}.*chainwatch ${command}`));
  });

  test("Chinese by CHAINWATCH_LANG, by the locale, and by --lang over both", async () => {
    expect((await run(["--help"], { CHAINWATCH_LANG: "zh" })).out).toContain("用法");
    expect((await run(["--help"], { LANG: "zh_CN.UTF-8" })).out).toContain("命令");
    expect((await run(["top", "--help", "--lang", "zh"], { LANG: "en_US.UTF-8" })).out).toContain("选项");
    expect((await run(["top", "--help", "--lang=en"], { LANG: "zh_CN.UTF-8" })).out).toContain("Options");
  });

  test.each(["en", "zh"])("no line is wider than the terminal, nor than 100 columns: %s", async (lang) => {
    const groups = [[], ["alerts"], ["silences"], ["rules"], ["receivers"]];
    const commands = [["serve"], ["top"], ["demo"], ["doctor"], ["init"], ["rules", "run"], ["rules", "backtest"]];
    const inGroups = [
      ["silences", "add"],
      ["alerts", "ack"],
      ["rules", "explain"],
      ["rules", "export"],
    ];
    for (const words of [...groups, ...commands, ...inGroups]) {
      for (const [columns, widest] of [
        [undefined, 100],
        [200, 100],
        [80, 80],
        [0, 100],
      ] as const) {
        const { out } = await run([...words, "--help", "--lang", lang], {}, columns);
        const wide = out.split("\n").filter((line) => displayWidth(line) > widest);
        expect(wide, `${words.join(" ")} at ${columns}`).toEqual([]);
      }
    }
  });

  test("an example that is cut is one command still", async () => {
    const { out } = await run(["silences", "add", "--help"], {}, 80);
    const [first = "", second] = out.slice(out.indexOf("chainwatch silences add severity")).split("\n");
    expect(first).toMatch(/'model=~"gpt-\.\*"' .*\\$/);
    expect(second).toMatch(/^ +\S/);
  });

  test("--version is the package's", async () => {
    expect((await run(["--version"])).out).toMatch(/^\d+\.\d+\.\d+/);
  });

  test("no command at all shows the help, and fails", async () => {
    const { code, out } = await run([]);
    expect(code).toBe(2);
    expect(out).toContain("Usage: chainwatch <command>");
  });
});

describe("a wrong command line is refused with exit code 2 and the cure", () => {
  test.each<[string[], string]>([
    [["srve"], 'unknown command "srve": did you mean serve?'],
    [["frobnicate"], 'unknown command "frobnicate": the commands are serve, top, demo, doctor'],
    [["--versoin"], 'unknown option "--versoin": did you mean --version?'],
    [["top", "--windw", "5m"], "unknown option --windw: did you mean --window?"],
    [["top", "--zzzzzzzz"], "unknown option --zzzzzzzz"],
    [["top", "--constructor"], "unknown option --constructor"],
    [["top", "--window"], "option --window needs a value: --window DURATION"],
    [["top", "--window", "--json"], "option --window needs a value: --window DURATION"],
    [["top", "--once=yes"], 'option --once takes no value, found "yes"'],
    [["top", "--window", "soon"], 'expected a duration such as 5m or 1h, 90d at most, found "soon"'],
    [["top", "--window", "100d"], "90d at most"],
    [["top", "--url", "localhost"], 'expected a URL such as http://127.0.0.1:4318, found "localhost"'],
    [["top", "--url", "http://127.0.0.1:9", "--source", "local"], "options --url and --source: expected one of them"],
    [["top", "--once", "--once"], "option --once is given twice"],
    [["top", "now"], 'unexpected word "now"'],
    [["top", "--lang", "fr"], 'option --lang: expected en or zh, found "fr"'],
    [["demo", "--json"], "option --json needs --once"],
    [["demo", "--live"], "option --live needs OPENAI_API_KEY"],
    [["demo", "--endpoint", "http://127.0.0.1:4318", "--once"], "options --endpoint and --once exclude each other"],
  ])("%j", async (args, message) => {
    const { code, out, err } = await run(args);
    expect(err).toContain(message);
    expect(err).toMatch(/Help: chainwatch.* --help$/);
    expect(out).toBe("");
    expect(code).toBe(2);
  });

  test("in Chinese too", async () => {
    const { err } = await run(["top", "--windw", "5m"], { LANG: "zh_CN.UTF-8" });
    expect(err).toContain("未知选项 --windw，是不是 --window？");
  });
});

test("top says that a metrics backend is not there, and what to check", async () => {
  const gone = await run(["top", "--once", "--source", "prometheus=http://127.0.0.1:9"]);
  expect(gone.code).toBe(1);
  expect(gone.err).toMatch(
    /no board from prometheus http:\/\/127\.0\.0\.1:9: .* → give the HTTP port, mostly 9090, in --source$/,
  );
  const wrong = await run(["top", "--source", "prometheus"]);
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain('expected local, or prometheus=URL, found "prometheus" (at --source)');
});
