import { createHmac } from "node:crypto";
import { Secret } from "../../receive/secret.js";

/** What goes into the body of a signed message. It counts for an hour around its time. */
export interface FeishuSignature {
  /** Unix time in seconds. */
  timestamp: string;
  sign: Secret;
}

/** The text that others sign is Feishu's key, and what it signs is empty. */
export function feishuSignature(secret: Secret, nowMs: number): FeishuSignature {
  const timestamp = String(Math.floor(nowMs / 1000));
  const sign = createHmac("sha256", `${timestamp}\n${secret.reveal()}`).digest("base64");
  return { timestamp, sign: new Secret(sign) };
}
