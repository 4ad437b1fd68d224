import type { SenderView } from "../../api/setup-view.js";
import { formatCount, formatTime } from "../format.js";
import { language, say } from "../language.js";
import { type Column, Table } from "../table.js";
import { CLOCK_OFF_S } from "./setup-troubles.js";

const COLUMNS: readonly Column<SenderView>[] = [
  {
    title: { en: "Service", zh: "服务" },
    header: true,
    class: "name",
    cell: ({ service, instance }) => (
      <>
        {service}
        {instance && <small title={instance}>{instance}</small>}
      </>
    ),
  },
  { title: { en: "Release", zh: "版本" }, cell: ({ release }) => release ?? "–" },
  { title: { en: "Environment", zh: "环境" }, cell: ({ environment }) => environment ?? "–" },
  { title: { en: "Host", zh: "主机" }, cell: ({ host }) => host ?? "–" },
  { title: { en: "SDK", zh: "SDK" }, cell: ({ sdk }) => sdkText(sdk) },
  {
    title: { en: "First seen", zh: "首次收到" },
    number: true,
    cell: ({ first_seen }) => formatTime(first_seen, language.value),
  },
  {
    title: { en: "Last seen", zh: "最近收到" },
    number: true,
    cell: ({ last_seen }) => formatTime(last_seen, language.value),
  },
  {
    title: { en: "Requests, 24 h", zh: "24 小时请求" },
    number: true,
    cell: ({ requests }) => (requests === undefined ? "–" : formatCount(requests)),
  },
  {
    title: { en: "Dropped, 24 h", zh: "24 小时丢弃" },
    number: true,
    cell: ({ dropped }) => <Dropped dropped={dropped} />,
  },
  { title: { en: "Faults, 24 h", zh: "24 小时故障" }, number: true, cell: ({ faults }) => <Faults faults={faults} /> },
  { title: { en: "Clock", zh: "时钟" }, number: true, cell: ({ clock_ahead }) => clockText(clock_ahead) },
  { title: { en: "Messages", zh: "消息文本" }, cell: ({ content }) => contentText(content) },
];

/** Every process that sends, the one heard of last on top. */
export function SetupSenders({ senders }: { senders: readonly SenderView[] }) {
  return (
    <section class="card setup-senders">
      <h2>{say({ en: "What is received", zh: "已接收" })}</h2>
      {senders.length === 0 ? (
        <p class="quiet">
          {say({ en: "Nothing yet. Connect an app as below.", zh: "尚未收到数据。请按下方说明接入应用。" })}
        </p>
      ) : (
        <>
          <Table
            columns={COLUMNS}
            rows={senders}
            rowKey={({ service, instance }) => `${service} ${instance}`}
            label={{ en: "What is received", zh: "已接收" }}
          />
          <p class="quiet">
            {say({
              en: "Clock: how far the sender's is ahead of this server's; less than zero: behind, or its telemetry takes so long to arrive. Messages: whether the newest model calls came with their text.",
              zh: "时钟：发送端比本服务器快多少；负值表示较慢，或数据在途时间较长。消息文本：最近的模型调用是否带有文本。",
            })}
          </p>
        </>
      )}
    </section>
  );
}

function Dropped({ dropped }: Pick<SenderView, "dropped">) {
  const total = dropped.reduce((sum, { items }) => sum + items, 0);
  if (total === 0) return <>0</>;
  return (
    <span class="error-text">
      {formatCount(total)}
      <small>{dropped.map(({ what, reason }) => [what, reason].filter(Boolean).join(": ")).join(", ")}</small>
    </span>
  );
}

function Faults({ faults }: Pick<SenderView, "faults">) {
  const total = faults.reduce((sum, { items }) => sum + items, 0);
  if (total === 0) return <>0</>;
  return (
    <span class="error-text">
      {formatCount(total)}
      <small>{faults.map(({ what }) => what).join(", ")}</small>
    </span>
  );
}

function sdkText(sdk: SenderView["sdk"]): string {
  return [sdk?.language, sdk?.version].filter(Boolean).join(" ") || "–";
}

function clockText(ahead: number | undefined) {
  if (ahead === undefined) return "–";
  // A little less than nothing is nothing.
  const seconds = Math.round(ahead * 10) / 10 || 0;
  const text = `${seconds > 0 ? "+" : ""}${seconds.toFixed(1)} s`;
  return Math.abs(ahead) > CLOCK_OFF_S ? <span class="error-text">{text}</span> : text;
}

function contentText(content: boolean | undefined): string {
  if (content === undefined) return "–";
  return content ? say({ en: "captured", zh: "已采集" }) : say({ en: "off", zh: "关闭" });
}
