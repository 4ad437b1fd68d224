import type { SlackMessage } from "../../../src/notify/slack/slack-message.js";
import { answering, HttpService } from "../http-service.js";

export const SLACK_PATH = "/services/T024BE7LD/B0123456789/a-key-that-nobody-may-read";

/** Takes and refuses messages as an incoming webhook does, by its documentation. */
export async function startSlack(): Promise<{ service: HttpService; messages: SlackMessage[] }> {
  const messages: SlackMessage[] = [];
  const service = await HttpService.start((posted, response) => {
    const answer = (status: number, text: string): void => answering(status, text)(posted, response);
    if (posted.path !== SLACK_PATH) return answer(404, "no_service");
    if (posted.headers["content-type"] !== "application/json") return answer(400, "invalid_payload");
    let message: SlackMessage;
    try {
      message = JSON.parse(posted.body);
    } catch {
      return answer(400, "invalid_payload");
    }
    const { text, blocks } = message;
    if (!text && blocks === undefined) return answer(400, "no_text");
    if (blocks !== undefined && !areBlocks(blocks)) return answer(400, "invalid_blocks");
    messages.push(message);
    answer(200, "ok");
  });
  return { service, messages };
}

export function areBlocks(blocks: NonNullable<SlackMessage["blocks"]>): boolean {
  const within = (text: string, most: number): boolean => text.length >= 1 && text.length <= most;
  return (
    blocks.length <= 50 &&
    blocks.every(({ type, text }) =>
      type === "header"
        ? text.type === "plain_text" && within(text.text, 150)
        : type === "section" && text.type === "mrkdwn" && within(text.text, 3000),
    )
  );
}
