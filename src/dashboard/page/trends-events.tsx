import { LabelValues, SeverityBadge } from "./alert-badges.js";
import type { FiringPeriod } from "./firing-periods.js";
import { formatDuration, formatTime } from "./format.js";
import { language, say } from "./language.js";
import { type Column, Table } from "./table.js";

const COLUMNS: readonly Column<FiringPeriod>[] = [
  { title: { en: "From", zh: "开始" }, cell: ({ fromMs }) => timeText(fromMs) },
  {
    title: { en: "Until", zh: "结束" },
    cell: ({ toMs }) => (toMs === undefined ? say({ en: "still fires", zh: "仍在触发" }) : timeText(toMs)),
  },
  {
    title: { en: "For", zh: "持续" },
    number: true,
    cell: ({ fromMs, toMs }) => (toMs === undefined ? "" : formatDuration((toMs - fromMs) / 1000)),
  },
  { title: { en: "Severity", zh: "级别" }, cell: ({ severity }) => <SeverityBadge severity={severity} /> },
  { title: { en: "Alert", zh: "告警" }, header: true, cell: ({ name }) => say(name) },
  { title: { en: "Of", zh: "对象" }, cell: ({ labels }) => <LabelValues labels={labels} /> },
];

/** In words, what the chart marks. */
export function TrendsEvents({ periods }: { periods: readonly FiringPeriod[] }) {
  if (periods.length === 0) return null;
  return (
    <section class="card">
      <h2>
        {say({ en: "Alerts on it in this time", zh: "此时间范围内的相关告警" })}
        <a href="/alerts">{say({ en: "All alerts", zh: "全部告警" })}</a>
      </h2>
      <div class="trends-events">
        <Table
          columns={COLUMNS}
          rows={periods.toReversed()}
          rowKey={({ rule, labels, fromMs }) => JSON.stringify([rule, labels, fromMs])}
          label={{ en: "Alerts", zh: "告警" }}
        />
      </div>
    </section>
  );
}

function timeText(timeMs: number): string {
  return formatTime(new Date(timeMs).toISOString(), language.value);
}
