import { describe, expect, test } from "vitest";
import { runWords } from "./run-words.js";

const ADDRESSES = [
  "http://me:s3cret@127.0.0.1:24318",
  "http://s3cret@127.0.0.1:24318",
  "http://127.0.0.1:24318/?token=s3cret",
  "http://127.0.0.1:24318/#s3cret",
  "http://me:s3cret@127.0.0.1:99999",
  "http://me:s3cret",
];

const COMMANDS: ((address: string) => string[])[] = [
  (address) => ["top", "--once", "--url", address],
  (address) => ["top", "--once", "--source", `prometheus=${address}`],
  (address) => ["alerts", "list", "--url", address],
  (address) => ["silences", "list", "--url", address],
  (address) => ["rules", "backtest", "--from", "1h", "--source", `local=${address}`],
  (address) => ["rules", "run", "--source", `local=${address}`],
  (address) => ["rules", "run", "--source", `prometheus=${address}`],
  (address) => ["doctor", "--endpoint", address],
];

describe.each(COMMANDS.map((command) => ({ command, shown: command("URL").join(" ") })))("$shown", ({ command }) => {
  test.each(ADDRESSES)("refuses %s at once and does not repeat the secret", async (address) => {
    const { code, out, err } = await runWords(command(address));
    expect(code).toBe(2);
    expect(out + err).not.toContain("s3cret");
    expect(err + (await runWords([...command(address), "--lang", "zh"])).err).not.toContain("s3cret");
    expect(err).toMatch(/CHAINWATCH_(TOKEN|SOURCE_HEADERS)|OTEL_EXPORTER_OTLP_HEADERS/);
  });
});
