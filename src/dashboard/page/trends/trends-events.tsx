import type { BilingualText } from "../../../indicators/language.js";
import { LabelValues, SeverityBadge } from "../alerts/alert-badges.js";
import type { FiringPeriod } from "../chart/firing-periods.js";
import type { ReleaseMoment } from "../chart/release-moments.js";
import { formatDuration, formatTime } from "../format.js";
import { language, say } from "../language.js";
import { type ViewName, viewPath } from "../route.js";
import { type Column, Table } from "../table.js";

const PERIOD_COLUMNS: readonly Column<FiringPeriod>[] = [
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

const RELEASE_COLUMNS: readonly Column<ReleaseMoment>[] = [
  { title: { en: "First request", zh: "首个请求" }, cell: ({ atMs }) => timeText(atMs) },
  { title: { en: "Release", zh: "版本" }, header: true, cell: ({ release }) => release },
  { title: { en: "Service", zh: "服务" }, cell: ({ services }) => services.join(", ") },
];

interface TrendsEventsProps {
  periods: readonly FiringPeriod[];
  releases: readonly ReleaseMoment[];
}

/** In words, what the chart marks. */
export function TrendsEvents({ periods, releases }: TrendsEventsProps) {
  if (periods.length === 0 && releases.length === 0) return null;
  return (
    <div class="trends-events">
      <Events
        title={{ en: "Alerts on it in this time", zh: "此时间范围内的相关告警" }}
        link={{ view: "alerts", text: { en: "All alerts", zh: "全部告警" } }}
        columns={PERIOD_COLUMNS}
        rows={periods.toReversed()}
        rowKey={({ rule, labels, fromMs }) => JSON.stringify([rule, labels, fromMs])}
        label={{ en: "Alerts", zh: "告警" }}
      />
      <Events
        title={{ en: "Releases that began in this time", zh: "此时间范围内上线的版本" }}
        link={{ view: "compare", text: { en: "Compare", zh: "对比" } }}
        columns={RELEASE_COLUMNS}
        rows={releases.toReversed()}
        rowKey={({ release, atMs }) => `${release} ${atMs}`}
        label={{ en: "Releases", zh: "版本" }}
      />
    </div>
  );
}

interface EventsProps<Row> {
  title: BilingualText;
  /** Where there is more. */
  link: { view: ViewName; text: BilingualText };
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey(row: Row): string;
  label: BilingualText;
}

function Events<Row>({ title, link, ...table }: EventsProps<Row>) {
  if (table.rows.length === 0) return null;
  return (
    <section class="card">
      <h2>
        {say(title)}
        <a href={viewPath(link.view)}>{say(link.text)}</a>
      </h2>
      <Table {...table} />
    </section>
  );
}

function timeText(timeMs: number): string {
  return formatTime(new Date(timeMs).toISOString(), language.value);
}
