import { answerJson, RobotServer } from "../robot/robot-server.js";

/** What a robot answers in the place of its judgement. */
export interface WecomAnswer {
  errcode: number;
  errmsg: string;
}

export const WECOM_KEY = "693a91f6-7a0c-4bc4-97a0-0ec2516fa5aa";

/** A server that judges what it gets as WeCom's group robots do, and refuses it in their words. */
export function wecomServer(answer?: WecomAnswer): Promise<RobotServer> {
  return RobotServer.start(({ url, body }, response) => answerJson(response, answer ?? judge(url, body)));
}

function judge(url: URL, body: string): WecomAnswer {
  const refused = (errcode: number, errmsg: string): WecomAnswer => ({
    errcode,
    errmsg: `${errmsg}, hint: [1755605200056773468916791], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com/devtool/query?e=${errcode}`,
  });
  if (url.pathname !== "/cgi-bin/webhook/send" || url.searchParams.get("key") !== WECOM_KEY) {
    return refused(93000, "invalid webhook url");
  }
  if (/\\u[0-9a-f]{4}/i.test(body)) return refused(40033, "invalid charset");
  const { msgtype, markdown, text } = JSON.parse(body) as {
    msgtype: string;
    markdown?: { content: string };
    text?: { content: string };
  };
  if (msgtype !== "markdown" && msgtype !== "text") return refused(40008, "invalid message type");
  const content = (msgtype === "markdown" ? markdown?.content : text?.content) ?? "";
  if (content === "") return refused(44004, "empty content");
  const largest = msgtype === "markdown" ? 4_096 : 2_048;
  if (Buffer.byteLength(content) > largest) {
    return refused(40058, `${msgtype}.content exceed max length ${largest}. invalid Request Parameter`);
  }
  return { errcode: 0, errmsg: "ok" };
}
