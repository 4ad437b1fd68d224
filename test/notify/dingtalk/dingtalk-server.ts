import { createHmac } from "node:crypto";
import { answerJson, RobotServer } from "../robot/robot-server.js";

/** How a robot is set up in its group. */
export interface DingtalkRobot {
  secret?: string;
  keywords?: string[];
  /** Unix time in milliseconds, by DingTalk's clock. */
  nowMs?: number;
  /** Whether this machine is among the robot's IP addresses. */
  allowed?: boolean;
  /** In the place of the robot's answer. */
  errcode?: number;
  errmsg?: string;
}

export const DINGTALK_TOKEN = "4b2f6c0a9d8e7f1122334455667788990011aabbccddeeff0011223344556677";

const DOC = "more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]";

/** A server that judges what it gets as DingTalk's robots do, and refuses it in their words. */
export function dingtalkServer(robot: DingtalkRobot): Promise<RobotServer> {
  return RobotServer.start(({ url, contentType, body }, response) => {
    const [errcode, errmsg] = judge(robot, url, contentType, body);
    answerJson(response, { errcode, errmsg });
  });
}

function judge(robot: DingtalkRobot, url: URL, contentType: string | undefined, body: string): [number, string] {
  const { secret, keywords, nowMs = Date.now(), allowed = true, errcode, errmsg = "" } = robot;
  if (errcode !== undefined) return [errcode, errmsg];
  if (url.searchParams.get("access_token") !== DINGTALK_TOKEN) return [300005, "token is not exist"];
  if (contentType !== "application/json") return [43004, "无效的HTTP HEADER Content-Type"];
  if (!allowed) return [310000, `ip 203.0.113.7 not in whitelist, ${DOC}`];
  if (secret !== undefined) {
    const timestamp = url.searchParams.get("timestamp") ?? "";
    const sign = createHmac("sha256", secret).update(`${timestamp}\n${secret}`).digest("base64");
    if (Math.abs(Number(timestamp) - nowMs) > 3_600_000) return [310000, `invalid timestamp, ${DOC}`];
    if (url.searchParams.get("sign") !== sign) return [310000, `sign not match, ${DOC}`];
  }
  if (Buffer.byteLength(body) > 20_000) return [460101, "message too long, exceed 20000 bytes"];
  const { msgtype, markdown } = JSON.parse(body) as { msgtype: string; markdown: { title: string; text: string } };
  if (msgtype !== "markdown" || markdown.title === "" || markdown.text === "") return [40035, "缺少参数 json"];
  const hasKeyword = keywords?.some((keyword) => markdown.text.includes(keyword)) ?? true;
  return hasKeyword ? [0, "ok"] : [310000, `keywords not in content, ${DOC}`];
}
