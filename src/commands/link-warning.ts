import type { BilingualText } from "../indicators/language.js";
import { isLoopback } from "../server/server-settings.js";

/**
 * What to say while links in messages open on this machine alone.
 *
 * @param pageUrl begins the links
 */
export function linkWarning(pageUrl: string): BilingualText | undefined {
  if (!isLoopback(new URL(pageUrl).hostname.replace(/^\[|\]$/g, ""))) return undefined;
  return {
    en: `links in messages begin with ${pageUrl} and open on this machine alone; set CHAINWATCH_EXTERNAL_URL to how people reach the page`,
    zh: `消息中的链接以 ${pageUrl} 开头，只能在本机打开；请把 CHAINWATCH_EXTERNAL_URL 设为人们访问页面的地址`,
  };
}
