import type { ComponentChildren } from "preact";
import type { BilingualText } from "../../../indicators/language.js";
import type { StatusView } from "../../api/status-view.js";
import { formatBytes, formatCount, formatTime } from "../format.js";
import { language, say } from "../language.js";
import { ShareBar } from "../share-bar.js";

/** What is kept, for how long, and on how much disk. */
export function SetupStorage({ status }: { status: StatusView }) {
  const { data_folder: folder, retention, sources } = status;
  const share = Math.min(1, folder.size_bytes / retention.max_bytes);
  const facts: readonly [BilingualText, ComponentChildren][] = [
    [
      { en: "Disk", zh: "磁盘" },
      <>
        {formatBytes(folder.size_bytes)} {say({ en: "of", zh: "／" })} {formatBytes(retention.max_bytes)}{" "}
        <ShareBar share={share} />
      </>,
    ],
    [
      { en: "Kept", zh: "保留" },
      say({ en: `${retention.days} days, the oldest goes first`, zh: `${retention.days} 天，最旧的先删除` }),
    ],
    [{ en: "Oldest", zh: "最早数据" }, status.oldest ? formatTime(status.oldest, language.value) : "–"],
    [
      { en: "Rows", zh: "行数" },
      say({
        en: `${formatCount(status.spans)} spans, ${formatCount(status.requests)} requests, ${formatCount(status.points)} metric points`,
        zh: `${formatCount(status.spans)} 个 span，${formatCount(status.requests)} 个请求，${formatCount(status.points)} 个指标点`,
      }),
    ],
    [{ en: "Data folder", zh: "数据目录" }, <code key="path">{folder.path}</code>],
    [
      { en: "Figures from", zh: "指标来自" },
      sources.metrics === sources.records ? sources.metrics : `${sources.metrics}, ${sources.records}`,
    ],
    [{ en: "Server", zh: "服务器" }, `Chainwatch ${status.version}, ${formatTime(status.started_at, language.value)}`],
  ];
  return (
    <section class="card">
      <h2>{say({ en: "Storage", zh: "存储" })}</h2>
      <dl class="setup-facts">
        {facts.map(([title, fact]) => (
          <div key={title.en}>
            <dt>{say(title)}</dt>
            <dd>{fact}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
