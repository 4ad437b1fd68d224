import { findIndicator } from "../../../indicators/catalogue.js";
import { formatValue } from "../../../indicators/format-value.js";
import type { BilingualText } from "../../../indicators/language.js";
import type { SeriesListView } from "../../api/indicators-view.js";
import { apiPath } from "../api-path.js";
import { OWN_RANGE, statisticsRange, type TimeRange } from "../controls/time-range.js";
import { language, say } from "../language.js";
import { viewPath } from "../route.js";
import { type Column, Table } from "../table.js";
import { useLive } from "../use-live.js";

const FIGURES: readonly { id: string; title: BilingualText }[] = [
  { id: "requests.count", title: { en: "Requests", zh: "请求" } },
  { id: "success_rate", title: { en: "Success", zh: "成功率" } },
  { id: "response_time.avg", title: { en: "Average", zh: "平均响应" } },
  { id: "response_time.p95", title: { en: "P95", zh: "P95" } },
  { id: "cost.total", title: { en: "Cost", zh: "成本" } },
  { id: "tokens.total", title: { en: "Tokens", zh: "Token" } },
];

const EVERY_MS = 60_000;

/** One hour or day. */
interface StatisticsRow {
  /** Its end, ISO 8601. */
  at: string;
  values: (number | undefined)[];
}

interface TrendsStatisticsProps {
  time: TimeRange;
  service: string | undefined;
  nowMs: number;
}

/** The figures that people report, by the hour, or by the day above a week. */
export function TrendsStatistics({ time, service, nowMs }: TrendsStatisticsProps) {
  const range = statisticsRange(time);
  const path = apiPath("/api/series", {
    ids: FIGURES.map(({ id }) => id).join(","),
    from: new Date(range.fromMs).toISOString(),
    to: new Date(range.toMs).toISOString(),
    step: range.stepS,
    "where.service": service,
  });
  const { data, failure } = useLive<SeriesListView>(path, [], range.toMs <= nowMs ? undefined : EVERY_MS);
  const hourly = range.stepS === 3600;
  const title = hourly ? { en: "By the hour", zh: "按小时统计" } : { en: "By the day (UTC)", zh: "按天统计（UTC）" };
  const rows = data === undefined ? [] : rowsOf(data);
  return (
    <section class="card">
      <h2>{say(title)}</h2>
      {failure && <p class="notice">{failure}</p>}
      {data !== undefined && rows.length === 0 && (
        <p class="quiet">{say({ en: "No requests in this time.", zh: "此时间范围内没有请求。" })}</p>
      )}
      {rows.length > 0 && (
        <div class="trends-statistics">
          <Table columns={columns(range, nowMs)} rows={rows} rowKey={({ at }) => at} label={title} />
        </div>
      )}
    </section>
  );
}

/** Newest first; hours in which nothing was known are left out. */
function rowsOf({ indicators }: SeriesListView): StatisticsRow[] {
  const times = indicators[0]?.points ?? [];
  return times
    .map(({ at }, index) => ({ at, values: indicators.map(({ points }) => points[index]?.value) }))
    .filter(({ values }) => values.some((value) => value !== undefined))
    .reverse();
}

function columns({ stepS }: TimeRange, nowMs: number): Column<StatisticsRow>[] {
  const hourly = stepS === 3600;
  return [
    {
      title: hourly ? { en: "Hour", zh: "小时" } : { en: "Day", zh: "日期" },
      header: true,
      cell: ({ at }) => {
        const to = new Date(at);
        const from = new Date(to.getTime() - stepS * 1000);
        const zoomed = { range: OWN_RANGE, from: from.toISOString(), to: to.toISOString() };
        return (
          <>
            <a href={zoomPath(zoomed)}>{hourly ? hourText(from) : dayText(from, "UTC")}</a>
            {to.getTime() > nowMs && <span class="quiet"> {say({ en: "so far", zh: "截至目前" })}</span>}
          </>
        );
      },
    },
    ...FIGURES.map(({ id, title }, index) => ({
      title,
      number: true,
      cell: ({ values }: StatisticsRow) => {
        const value = values[index];
        return value === undefined
          ? "–"
          : formatValue({ unit: findIndicator(id)?.unit ?? "requests" }, value, language.value);
      },
    })),
  ];
}

/** The same view of one hour or day alone. */
function zoomPath(range: Readonly<Record<string, string>>): string {
  return viewPath("trends", { ...Object.fromEntries(new URLSearchParams(location.search)), ...range });
}

/** Days are those of UTC, hours those of the reader's clock. */
function dayText(day: Date, timeZone?: "UTC"): string {
  const locale = language.value === "zh" ? "zh-CN" : "en-GB";
  return day.toLocaleDateString(locale, { weekday: "short", month: "short", day: "numeric", timeZone });
}

function hourText(hour: Date): string {
  return `${dayText(hour)} ${hour.toTimeString().slice(0, 5)}`;
}
