import { connection, lastAnswerMs } from "./connection.js";
import { formatTime } from "./format.js";
import { language, say } from "./language.js";

/** Says that the server is away; the figures below it stay, greyed. */
export function ConnectionLost() {
  if (connection.value !== "lost") return null;
  const at = lastAnswerMs.value;
  return (
    <p class="banner" role="alert">
      {say({ en: "The Chainwatch server does not answer; trying again.", zh: "Chainwatch 服务无响应，正在重试。" })}{" "}
      {at !== undefined && say({ en: "What you see is from ", zh: "当前显示的数据截至 " })}
      {at !== undefined && <time>{formatTime(new Date(at).toISOString(), language.value)}</time>}
    </p>
  );
}
