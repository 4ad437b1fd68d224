import type { StatusView } from "../api/status-view.js";
import { formatBytes, formatCount, formatTime } from "./format.js";
import { language, say } from "./language.js";

/** What is kept, where, and for how long. */
export function StatusLine({ status }: { status: StatusView }) {
  const { retention, data_folder: folder, sources } = status;
  return (
    <footer class="status-line">
      {status.set_aside.length > 0 && (
        <p class="notice">
          {say({
            en: "A damaged data file was set aside at start, and a new one begun: ",
            zh: "启动时发现损坏的数据文件，已移开并新建：",
          })}
          <code>{status.set_aside.join(", ")}</code>
        </p>
      )}
      <span>Chainwatch {status.version}</span>
      <span>
        {say({ en: "Spans", zh: "Span" })} {formatCount(status.spans)}
      </span>
      <span>
        {say({ en: "Requests", zh: "请求" })} {formatCount(status.requests)}
      </span>
      {sources.metrics !== sources.records && (
        <span
          title={say({
            en: "People, types and queries are counted from the request records that this server keeps.",
            zh: "用户、请求类型和查询由本服务器保存的请求记录统计。",
          })}
        >
          {say({ en: "Figures from", zh: "指标来自" })} {sources.metrics}
        </span>
      )}
      {status.oldest && (
        <span>
          {say({ en: "Since", zh: "始于" })} {formatTime(status.oldest, language.value)}
        </span>
      )}
      <span>
        {say({ en: "Kept", zh: "保留" })} {retention.days} {say({ en: "days, up to", zh: "天，上限" })}{" "}
        {formatBytes(retention.max_bytes)}
      </span>
      <span title={folder.path}>
        {say({ en: "Data folder", zh: "数据目录" })} {formatBytes(folder.size_bytes)}
      </span>
    </footer>
  );
}
