import { property } from "./property.js";
import type { RequestAttributes } from "./request.js";

const KEYS: readonly [attribute: keyof RequestAttributes, keys: readonly string[]][] = [
  ["userId", ["user_id", "userId"]],
  ["sessionId", ["session_id", "sessionId"]],
  ["tenant", ["tenant", "tenant_id", "tenantId"]],
  ["requestType", ["request_type", "requestType"]],
  ["requestId", ["request_id", "requestId"]],
  // An id that was made up would join strangers' conversations, so only a real one counts.
  ["conversationId", ["thread_id", "session_id", "conversation_id", "sessionId", "threadId"]],
];

/** What the metadata of a run says about its request: the names that LangChain and LangSmith users write there. */
export function runRequestOf(metadata: unknown): RequestAttributes {
  const attributes: RequestAttributes = {};
  for (const [attribute, keys] of KEYS) {
    for (const key of keys) {
      const value = property(metadata, key);
      if (typeof value === "string" && value !== "") {
        attributes[attribute] = value;
        break;
      }
    }
  }
  return attributes;
}
