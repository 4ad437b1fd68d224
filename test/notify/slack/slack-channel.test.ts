import { describe, expect, test } from "vitest";
import { slackChannel } from "../../../src/notify/slack/slack-channel.js";
import { SLACK_SETTINGS } from "../../../src/notify/slack/slack-settings.js";
import { answering, HttpService } from "../http-service.js";
import { failed, httpTroubleTests } from "../http-trouble.js";
import { notificationOf } from "../message/notification-of.js";
import { SLACK_PATH, startSlack } from "./slack-server.js";

const signal = new AbortController().signal;
const channel = (url: string) => slackChannel("ops", { ...SLACK_SETTINGS.parse({ url }), language: "en" });

httpTroubleTests((url) => channel(`${url}${SLACK_PATH}`));

test("a message arrives, and its address is shown nowhere", async () => {
  const { service, messages } = await startSlack();
  const delivery = await channel(`${service.url}${SLACK_PATH}`).deliver(notificationOf(), signal);
  expect(messages).toHaveLength(1);
  expect(delivery).toMatchObject({
    delivered: true,
    exchange: { request: `POST ${service.url}/[redacted]`, answer: "200 ok" },
  });
  expect(JSON.stringify(delivery)).not.toContain("a-key-that-nobody-may-read");
});

test("a webhook that is gone is refused with the cure", async () => {
  const { service } = await startSlack();
  const delivery = failed(await channel(`${service.url}/services/T0/B0/another`).deliver(notificationOf(), signal));
  expect(delivery).toMatchObject({
    retry: false,
    message: "404 no_service",
    cure: { en: expect.stringContaining("add a new one to the Slack app") },
  });
});

describe("what Slack refuses for good has its own cure", () => {
  test.each([
    [410, "channel_is_archived", "archived or gone"],
    [404, "channel_not_found", "archived or gone"],
    [403, "action_prohibited", "ask its administrator"],
    [403, "posting_to_general_channel_denied", "ask its administrator"],
    [403, "invalid_token", "removed or switched off"],
    [403, "team_disabled", "workspace is gone"],
    [400, "user_not_found", "person whom the webhook writes to"],
    [500, "no_text", "please report it"],
  ])("%i %s", async (status, code, cure) => {
    const { url } = await HttpService.start(answering(status, `${code}\n`));
    const delivery = failed(await channel(url).deliver(notificationOf(), signal));
    expect(delivery).toMatchObject({ retry: false, message: `${status} ${code}` });
    expect(delivery.cure?.en).toContain(cure);
    expect(delivery.cure?.zh).toMatch(/\p{Script=Han}/u);
  });
});

test("an error that Slack calls its own is tried again", async () => {
  const { url } = await HttpService.start(answering(500, "rollup_error"));
  expect(failed(await channel(url).deliver(notificationOf(), signal)).retry).toBe(true);
});

test("blocks that Slack does not like go as a plain message", async () => {
  const { url, posted } = await HttpService.start((request, response) => {
    const refused = JSON.parse(request.body).blocks !== undefined;
    answering(refused ? 400 : 200, refused ? "invalid_blocks" : "ok")(request, response);
  });
  expect(await channel(url).deliver(notificationOf(), signal)).toMatchObject({ delivered: true });
  expect(JSON.parse(posted[1]?.body ?? "").text).toContain("*Since:* 2026-08-01");
});

test("when Slack does not like that either, it is given up", async () => {
  const { url, posted } = await HttpService.start(answering(400, "invalid_payload"));
  expect(failed(await channel(url).deliver(notificationOf(), signal))).toMatchObject({
    retry: false,
    message: "400 invalid_payload",
    cure: { en: expect.stringContaining("incoming webhook, not of a workflow") },
  });
  expect(posted).toHaveLength(2);
});

test("a page with status 200 is no delivery", async () => {
  const { url } = await HttpService.start(answering(200, "<html>Log in to the network</html>"));
  expect(failed(await channel(url).deliver(notificationOf(), signal))).toMatchObject({
    retry: true,
    message: "200 <html>Log in to the network</html>",
    cure: { en: expect.stringContaining("not Slack's answer") },
  });
});

test.each([
  [{}, "the incoming webhook's address, such as https://hooks.slack.com/services/…"],
  [{ url: "hooks.slack.com/x" }, "the incoming webhook's address"],
  [{ url: "https://h", at: { users: ["@ann"] } }, "member ids, such as U024BE7LH"],
  [{ url: "https://h", at: { groups: ["U024BE7LH"] } }, "user group ids, such as S0614TZR7"],
  [{ url: "https://h", at: { here: "yes" } }, "true or false"],
])("settings %j are refused", (settings, expected) => {
  const { error } = SLACK_SETTINGS.safeParse(settings);
  expect(error?.issues.map(({ message }) => message).join()).toContain(expected);
});
