import { useState } from "preact/hooks";
import type { RequestDay } from "../../../store/telemetry-store.js";
import type { RequestDaysView } from "../../api/request-days-view.js";
import { formatBytes, formatCount } from "../format.js";
import { say } from "../language.js";
import { type Column, Table } from "../table.js";
import { useLive } from "../use-live.js";

/** The daily files of JSON lines, to keep. */
export function RequestDays() {
  const [open, setOpen] = useState(false);
  return (
    <details class="card request-days" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{say({ en: "JSON lines by day", zh: "每日 JSON lines" })}</summary>
      {open && <Days />}
    </details>
  );
}

function Days() {
  const { data, failure } = useLive<RequestDaysView>("/api/requests/days", ["traces"]);
  if (failure !== undefined) return <p class="notice">{failure}</p>;
  if (data === undefined) return <p class="quiet">{say({ en: "Loading…", zh: "加载中…" })}</p>;
  if (data.days.length === 0) return <p class="quiet">{say({ en: "None yet.", zh: "暂无。" })}</p>;
  return (
    <>
      <Table
        columns={COLUMNS}
        rows={data.days}
        rowKey={({ day }) => day}
        label={{ en: "JSON lines by day", zh: "每日 JSON lines" }}
      />
      <p class="quiet">
        {say({
          en: "A line a request, in the order of arrival; days are those of UTC.",
          zh: "每行一个请求，按到达顺序排列；按 UTC 日期分文件。",
        })}
      </p>
    </>
  );
}

const COLUMNS: readonly Column<RequestDay>[] = [
  { title: { en: "Day (UTC)", zh: "日期（UTC）" }, header: true, cell: ({ day }) => day },
  {
    title: { en: "Requests", zh: "请求" },
    number: true,
    cell: ({ requests }) => (requests === undefined ? "–" : formatCount(requests)),
  },
  { title: { en: "Size", zh: "大小" }, number: true, cell: ({ bytes }) => formatBytes(bytes) },
  {
    title: { en: "File", zh: "文件" },
    cell: ({ day }) => (
      <a href={`/api/requests/days/${day}`} download="">
        requests_{day}.jsonl
      </a>
    ),
  },
];
