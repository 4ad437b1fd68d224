import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../server/running-server.js";
import { runWords } from "./run-words.js";

const newFile = (): string => join(temporaryFolder(), "chainwatch.yaml");

describe("chainwatch init", () => {
  test("says which variables to set and where they come from; the file is right once they are", async () => {
    const file = newFile();
    expect(await runWords(["init", "--receiver", "dingtalk", file])).toEqual({
      code: 0,
      out: `✓ wrote ${file}
Set these environment variables:
  DINGTALK_WEBHOOK  DingTalk group → Group Settings → Bots → Add Robot → Custom: the webhook address
  DINGTALK_SECRET  DingTalk group → Group Settings → Bots → Add Robot → Custom: Security Settings → Additional Signature, SEC…
Then: chainwatch rules check ${file}
      chainwatch receivers test dingtalk --config ${file}`,
      err: "",
    });
    const unset = await runWords(["rules", "check", file]);
    expect(unset.code).toBe(1);
    expect(unset.out).toContain("expected the environment variable DINGTALK_SECRET to be set");

    const env = { DINGTALK_WEBHOOK: "https://oapi.dingtalk.com/robot/send?access_token=1", DINGTALK_SECRET: "SEC1" };
    expect(await runWords(["rules", "check", file], env)).toMatchObject({
      code: 0,
      out: `✓ ${file}  6 rules, the default ones included, 1 receiver`,
    });
  });

  test("in Chinese, with several receivers; what is set already is said", async () => {
    const file = newFile();
    const args = ["init", "--receiver", "slack,email", "--lang", "zh", file];
    const { code, out } = await runWords(args, { SLACK_WEBHOOK: "https://hooks.slack.com/services/T/B/key" });
    expect(code).toBe(0);
    expect(out).toContain(`✓ 已写入 ${file}\n请设置以下环境变量：\n  SLACK_WEBHOOK  已设置\n  SMTP_URL  邮件服务商`);
    expect(out).not.toContain("hooks.slack.com");
    expect(out).toMatch(/receivers test --all --config/);
    expect(readFileSync(file, "utf8")).toMatch(/# Chainwatch 监测什么.*\n(.*\n)*.*language: zh/);
  });

  test("--json", async () => {
    const file = newFile();
    const { out } = await runWords(["init", "--receiver", "wecom", "--json", file]);
    expect(JSON.parse(out)).toEqual({
      file,
      receivers: ["wecom"],
      variables: [{ name: "WECOM_WEBHOOK", from: expect.stringContaining("WeCom"), set: false }],
    });
  });

  test("a file that is there stays, unless --force is given", async () => {
    const file = newFile();
    writeFileSync(file, "mine");
    expect(await runWords(["init", file])).toMatchObject({ code: 1, err: expect.stringMatching(/another.*--force/) });
    expect(readFileSync(file, "utf8")).toBe("mine");
    expect((await runWords(["init", "--force", file])).code).toBe(0);
    expect((await runWords(["rules", "check", file])).code).toBe(0);
  });

  test("a channel that is not known is a mistake of the command line, with the nearest one", async () => {
    const file = newFile();
    const { code, err } = await runWords(["init", "--receiver", "dingtak", file]);
    expect([code, err]).toEqual([2, expect.stringContaining('found "dingtak": did you mean dingtalk?')]);
    expect((await runWords(["init", file])).code).toBe(0);
  });

  test("a folder that is not there is said", async () => {
    const { code, err } = await runWords(["init", join(temporaryFolder(), "none", "chainwatch.yaml")]);
    expect([code, err]).toEqual([1, expect.stringMatching(/cannot be written: ENOENT/)]);
  });
});

test("the help names every channel that there is", async () => {
  const { CHANNEL_KIND_NAMES } = await import("../../src/notify/channel-kind.js");
  const { out } = await runWords(["init", "--help"]);
  expect(out.replace(/\s+/g, " ")).toContain(CHANNEL_KIND_NAMES.join(", "));
});
