import type { AlertsView } from "../alert/alert-view.js";
import type { RequestRecord } from "../store/request-record.js";
import type { ServerReader } from "./server-reader.js";

/** The specification's five requests. */
export const FIVE_REQUESTS = [
  { userId: "user_001", topic: "人工智能" },
  { userId: "user_002", topic: "机器学习" },
  { userId: "user_001", topic: "深度学习" },
  { userId: "user_003", topic: "强化学习" },
  { userId: "user_002", topic: "自然语言处理" },
] as const;

const CHECK_EVERY = 2;

/** Who sends the requests and who is told how they went. */
export interface FiveRequestsParts {
  /** Answers one topic as a request of the given id and user. */
  ask(request: { requestId: string; userId: string; topic: string }): Promise<string>;
  /** Resolves when everything recorded so far has arrived at the server. */
  flush(): Promise<void>;
  reader: Pick<ServerReader, "request" | "alertsEvaluatedSince">;
  /** Unix time, milliseconds. */
  nowMs(): number;
  stop: AbortSignal;
  answered(number: number, answer: string, record: RequestRecord): void;
  checked(alerts: AlertsView): void;
}

/**
 * Sends the five, one after the other, and asks for the alerts after every second one.
 *
 * @throws Error that names the request which got no answer
 */
export async function runFiveRequests(parts: FiveRequestsParts): Promise<void> {
  for (const [index, { userId, topic }] of FIVE_REQUESTS.entries()) {
    parts.stop.throwIfAborted();
    const number = index + 1;
    const requestId = `demo-${number}`;
    const answer = await parts.ask({ requestId, userId, topic }).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`request ${number} of ${FIVE_REQUESTS.length} got no answer: ${reason}`, { cause: error });
    });
    await parts.flush();
    parts.answered(number, answer, await parts.reader.request(requestId));
    if (number % CHECK_EVERY === 0) {
      parts.checked(await parts.reader.alertsEvaluatedSince(parts.nowMs(), parts.stop));
    }
  }
}
