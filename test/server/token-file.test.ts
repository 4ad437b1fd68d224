import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readOrMakeTokenFile, readTokenFile } from "../../src/server/token-file.js";
import { temporaryFolder } from "./running-server.js";

const errorOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return String(error);
  }
  throw new Error("expected an error");
};

test("the first start makes a token that nobody can guess or read, and every later one takes it", () => {
  const file = join(temporaryFolder(), "token");
  expect(readTokenFile(file)).toBeUndefined();
  const token = readOrMakeTokenFile(file);
  const text = readFileSync(file, "utf8");
  expect(text).toMatch(/^[0-9a-f]{48}\n$/);
  expect(token.matches(text.trim())).toBe(true);
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(readOrMakeTokenFile(file).reveal()).toBe(token.reveal());
  expect(readFileSync(file, "utf8")).toBe(text);
  expect(readOrMakeTokenFile(join(temporaryFolder(), "token")).reveal()).not.toBe(token.reveal());
});

test("a token that somebody wrote there is taken, with or without a line break at its end", () => {
  const file = join(temporaryFolder(), "token");
  for (const text of ["s3cret-token", "s3cret-token\n", "s3cret-token\r\n"]) {
    writeFileSync(file, text);
    expect(readOrMakeTokenFile(file).reveal()).toBe("s3cret-token");
  }
});

test("a folder that is not there is named with the cure, and is not made", () => {
  const folder = join(temporaryFolder(), "none");
  expect(errorOf(() => readOrMakeTokenFile(join(folder, "token")))).toMatch(
    /in a folder that is there, found ".*none\/token" \(at CHAINWATCH_TOKEN_FILE\)\. Cure: .*make the folder/,
  );
});

test("a folder in place of the file is named with the cure", () => {
  const folder = join(temporaryFolder(), "token");
  mkdirSync(folder);
  expect(errorOf(() => readOrMakeTokenFile(folder))).toMatch(/expected a file that can be read.*name the file itself/);
});

test("a file without a usable token is refused, is kept, and its text is not repeated", () => {
  const file = join(temporaryFolder(), "token");
  for (const text of ["", "\n", "s3cret words", "s3cret\ns3cret"]) {
    writeFileSync(file, text);
    const message = errorOf(() => readOrMakeTokenFile(file));
    expect(message).toMatch(/expected printable ASCII without spaces.*write the token alone into/);
    expect(message).not.toContain("s3cret");
    expect(readFileSync(file, "utf8")).toBe(text);
  }
});
