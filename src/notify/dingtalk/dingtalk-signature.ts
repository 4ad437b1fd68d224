import { createHmac } from "node:crypto";
import { Secret } from "../../receive/secret.js";

/**
 * The robot's address with a signature, which counts for an hour around its time:
 * https://open.dingtalk.com/document/orgapp/customize-robot-security-settings
 */
export function signedDingtalkUrl(url: Secret, secret: Secret | undefined, nowMs: number): Secret {
  if (secret === undefined) return url;
  const key = secret.reveal();
  const signed = new URL(url.reveal());
  signed.searchParams.set("timestamp", String(nowMs));
  signed.searchParams.set("sign", createHmac("sha256", key).update(`${nowMs}\n${key}`).digest("base64"));
  return new Secret(signed.href);
}
