import type { AlertsView } from "../../../alert/alert-view.js";
import { addsUp } from "../../../indicators/adds-up.js";
import { DIMENSIONS } from "../../../indicators/dimension.js";
import type { Indicator } from "../../../indicators/indicator.js";
import type { ReleasesView } from "../../api/compare-view.js";
import type { SeriesView, SplitSeriesView } from "../../api/indicators-view.js";
import { useAlertHistory } from "../alerts/use-alert-history.js";
import { apiPath } from "../api-path.js";
import { FigureChart } from "../chart/figure-chart.js";
import { concerns, type FiringPeriod, firingPeriods } from "../chart/firing-periods.js";
import { type ReleaseMoment, releaseMoments } from "../chart/release-moments.js";
import { LINE_COLORS, type LineColor } from "../chart/time-chart.js";
import type { TimeRange } from "../controls/time-range.js";
import { download } from "../download.js";
import { figureLink } from "../figure-link.js";
import { formatTime } from "../format.js";
import { language, say } from "../language.js";
import { useLive } from "../use-live.js";
import { type ExportedSeries, seriesCsv } from "./series-export.js";
import { TrendsEvents } from "./trends-events.js";

interface TrendsChartProps {
  indicator: Indicator;
  /** As the address has it: what the indicator has not, the server refuses. */
  by: string | undefined;
  service: string | undefined;
  time: TimeRange;
  nowMs: number;
  alerts: AlertsView | undefined;
  /** The oldest row kept, ISO 8601. */
  oldest: string | undefined;
}

const HEIGHT = 300;
const LEAST_EVERY_MS = 10_000;
const MOST_EVERY_MS = 60_000;

export function TrendsChart(props: TrendsChartProps) {
  const { indicator, by, service, time, nowMs, alerts, oldest } = props;
  const over = time.toMs <= nowMs;
  const { data, failure } = useLive<SeriesView | SplitSeriesView>(
    seriesPath(props),
    [],
    over ? undefined : every(time),
  );
  const { periods, cutAtMs } = usePeriods(props, alerts);
  const releases = useReleases(props);
  if (data === undefined) {
    return failure === undefined ? (
      <p class="card trends-loading quiet">{say({ en: "Loading…", zh: "加载中…" })}</p>
    ) : (
      <p class="notice">{failure}</p>
    );
  }
  const series = seriesOf(data);
  const values = series.flatMap((each) => each.points.map(({ value }) => value));
  const points = series[0]?.points ?? [];
  const hasData = values.some((value) => value !== undefined);
  const where = service === undefined ? {} : { service };
  const exported: ExportedSeries = {
    indicator: indicator.id,
    unit: indicator.unit,
    where,
    step_s: time.stepS,
    series,
  };
  return (
    <>
      <div class="trends-chart">
        <FigureChart
          title={indicator.name}
          unit={indicator.unit}
          step={time.stepS}
          times={points.map(({ at }) => Date.parse(at) / 1000)}
          lines={series.map(({ labels, points: own }, index) => ({
            label: labelOf(labels, by, indicator),
            color: LINE_COLORS[index % LINE_COLORS.length] as LineColor,
            ...(by === undefined && addsUp(indicator) && { bars: true }),
            values: own.map(({ value }) => value),
          }))}
          periods={periods.map(({ fromMs, toMs, severity }) => ({
            from: fromMs / 1000,
            ...(toMs !== undefined && { to: toMs / 1000 }),
            color: severity === "warning" ? "--amber" : "--bad",
          }))}
          moments={releases.map(({ atMs, release }) => ({ at: atMs / 1000, label: release }))}
          height={HEIGHT}
          {...(indicator.unit === "%" && percentAxis(values))}
          linkAt={(second) =>
            figureLink(indicator.id, { at: new Date(second * 1000).toISOString(), windowS: time.stepS, service })
          }
          watch={{ indicator: indicator.id, where, by: DIMENSIONS.find((each) => each === by), values }}
        />
        <div class="chart-notes quiet">
          <p>{say(indicator.description)}</p>
          {!hasData && <p class="notice">{noData(oldest)}</p>}
          {"others" in data && data.others > 0 && (
            <p>
              {say({
                en: `The ${series.length} largest are shown; ${data.others} smaller ones are not.`,
                zh: `仅显示数值最大的 ${series.length} 条，另有 ${data.others} 条较小的未显示。`,
              })}
            </p>
          )}
          {cutAtMs !== undefined && <p>{alertsSince(cutAtMs)}</p>}
          {!over && hasData && addsUp(indicator) && (
            <p>{say({ en: "The last step is still under way.", zh: "最后一个时间段尚未结束。" })}</p>
          )}
          <p class="exports">
            {say({ en: "Save as", zh: "导出为" })}
            <button type="button" class="plain" disabled={!hasData} onClick={() => saveCsv(exported)}>
              CSV
            </button>
            <button type="button" class="plain" disabled={!hasData} onClick={() => saveJson(exported)}>
              JSON
            </button>
          </p>
        </div>
      </div>
      <TrendsEvents periods={periods} releases={releases} />
    </>
  );
}

function seriesPath({ indicator, by, service, time }: TrendsChartProps): string {
  return apiPath(`/api/indicators/${indicator.id}/series`, {
    from: new Date(time.fromMs).toISOString(),
    to: new Date(time.toMs).toISOString(),
    step: time.stepS,
    by,
    "where.service": service,
  });
}

/** A few times a step, but neither in a hurry nor hours late. */
function every({ stepS }: TimeRange): number {
  return Math.min(MOST_EVERY_MS, Math.max(LEAST_EVERY_MS, (stepS * 1000) / 4));
}

function seriesOf(data: SeriesView | SplitSeriesView): ExportedSeries["series"] {
  return "series" in data ? data.series : [{ labels: {}, points: data.points }];
}

function labelOf(
  labels: Readonly<Record<string, string>>,
  by: string | undefined,
  { name }: Pick<Indicator, "name">,
): string {
  if (by === undefined) return say(name);
  return labels[by] || say({ en: "(unnamed)", zh: "（未命名）" });
}

/** Where all of a share is high, its dips are what matters. */
function percentAxis(values: readonly (number | undefined)[]): { least: number; most: number } | undefined {
  const lowest = values.reduce<number>((least, value) => Math.min(least, value ?? 100), 100);
  return lowest < 60 ? undefined : { least: Math.floor((lowest - 5) / 5) * 5, most: 100.5 };
}

function noData(oldest: string | undefined): string {
  const since = oldest && formatTime(oldest, language.value);
  return say({
    en: `There is no data for this in this time.${since ? ` What is kept begins at ${since}.` : ""}`,
    zh: `此时间范围内没有该指标的数据。${since ? `现存数据始于 ${since}。` : ""}`,
  });
}

function alertsSince(timeMs: number): string {
  const since = formatTime(new Date(timeMs).toISOString(), language.value);
  return say({
    en: `There were too many alerts to read them all: they are marked since ${since}.`,
    zh: `告警过多，未能全部读取：仅标注 ${since} 之后的告警。`,
  });
}

/** When alerts of this indicator fired in this time; `cutAtMs`: none before that are known. */
function usePeriods(
  { indicator, service, time }: TrendsChartProps,
  alerts: AlertsView | undefined,
): { periods: FiringPeriod[]; cutAtMs: number | undefined } {
  const { transitions, next } = useAlertHistory(time.fromMs);
  const oldestMs = Date.parse(transitions.at(-1)?.at ?? "");
  const cutAtMs = next !== undefined && oldestMs > time.fromMs ? oldestMs : undefined;
  const mine = { indicator: indicator.id, service };
  const periods = firingPeriods({
    transitions: transitions.filter(({ at }) => Date.parse(at) >= time.fromMs).filter((each) => concerns(each, mine)),
    cutAtMs,
    active: alerts?.active.filter((each) => concerns(each, mine)) ?? [],
    fromMs: time.fromMs,
  });
  return { periods: periods.filter(({ fromMs }) => fromMs < time.toMs), cutAtMs };
}

/** When releases took over in this time. */
function useReleases({ service, time }: TrendsChartProps): ReleaseMoment[] {
  const path = apiPath("/api/releases", { to: new Date(time.toMs).toISOString(), "where.service": service });
  const { data } = useLive<ReleasesView>(path, [], MOST_EVERY_MS);
  return data === undefined ? [] : releaseMoments(data, time);
}

function saveCsv(exported: ExportedSeries): void {
  download(`${fileName(exported)}.csv`, "text/csv", seriesCsv(exported));
}

function saveJson(exported: ExportedSeries): void {
  download(`${fileName(exported)}.json`, "application/json", `${JSON.stringify(exported, null, 2)}\n`);
}

/** Colons are no part of a file's name everywhere. */
function fileName({ indicator, series }: ExportedSeries): string {
  const last = series[0]?.points.at(-1)?.at ?? "";
  return `chainwatch-${indicator}-${last.slice(0, 16).replaceAll(":", "")}`;
}
