import { afterEach, beforeEach, expect, test } from "vitest";
import { CliProcess, emptyFolder, removeFolder } from "./cli-process.js";

let cwd: string;
let serve: CliProcess;

beforeEach(async () => {
  cwd = emptyFolder();
  serve = new CliProcess(["serve", "--port", "0"], { cwd });
  await serve.prints(/✓ server/);
});

afterEach(async () => {
  await serve.kill();
  removeFolder(cwd);
});

// Under npm the terminal and npm both tell the program of one Ctrl-C. Two kinds here: two of one kind may become one.
test("a wish to stop that arrives twice ends serve as cleanly as once", async () => {
  serve.signal("SIGINT");
  serve.signal("SIGTERM");
  expect(await serve.ended()).toBe(0);
  expect(serve.stderr).toBe("");
});
