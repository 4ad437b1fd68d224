import type { BilingualText } from "../../indicators/language.js";
import type { SeriesView } from "../api/indicators-view.js";
import { apiPath } from "./api-path.js";
import { FigureChart } from "./figure-chart.js";
import { figureLink } from "./figure-link.js";
import { say } from "./language.js";
import type { LineColor } from "./time-chart.js";
import { useLive } from "./use-live.js";

const POINTS = 60;
const STEP_S = 30;
/** While everything kept is younger than this, the charts look closer. */
const YOUNG_MS = 600_000;
const YOUNG_STEP_S = 10;

interface ChartsProps {
  service: string | undefined;
  /** The oldest row kept, ISO 8601. */
  oldest: string | undefined;
}

/** The last half hour, or the last ten minutes of a server that has just begun. */
export function NowCharts({ service, oldest }: ChartsProps) {
  const young = oldest !== undefined && Date.now() - Date.parse(oldest) < YOUNG_MS;
  const step = young ? YOUNG_STEP_S : STEP_S;
  const count = useSeries("requests.count", step, service);
  const p50 = useSeries("response_time.p50", step, service);
  const p95 = useSeries("response_time.p95", step, service);
  const success = useSeries("success_rate", step, service);
  const cost = useSeries("cost.total", step, service);
  const minutes = (step * POINTS) / 60;
  return (
    <section class="charts" aria-label={say({ en: `Last ${minutes} minutes`, zh: `最近 ${minutes} 分钟` })}>
      <Chart
        title={{ en: `Requests per ${step} s`, zh: `每 ${step} 秒请求数` }}
        step={step}
        service={service}
        lines={[{ series: count, color: "--accent", bars: true }]}
      />
      <Chart
        title={{ en: "Response time", zh: "响应时间" }}
        step={step}
        service={service}
        lines={[
          { series: p95, label: "P95", color: "--violet" },
          { series: p50, label: "P50", color: "--accent" },
        ]}
      />
      <Chart
        title={{ en: "Success rate", zh: "成功率" }}
        step={step}
        service={service}
        most={105}
        lines={[{ series: success, color: "--good" }]}
      />
      <Chart
        title={{ en: `Cost per ${step} s`, zh: `每 ${step} 秒成本` }}
        step={step}
        service={service}
        lines={[{ series: cost, color: "--amber", bars: true }]}
      />
    </section>
  );
}

function useSeries(id: string, step: number, service: string | undefined): SeriesView | undefined {
  const path = apiPath(`/api/indicators/${id}/series`, { step, points: POINTS, "where.service": service });
  return useLive<SeriesView>(path, [], (step * 1000) / 2).data;
}

interface Line {
  series: SeriesView | undefined;
  label?: string;
  color: LineColor;
  bars?: boolean;
}

interface ChartProps {
  title: BilingualText;
  step: number;
  service: string | undefined;
  lines: Line[];
  most?: number;
}

function Chart({ title, step, service, lines, most }: ChartProps) {
  const first = lines[0]?.series;
  return (
    <FigureChart
      title={title}
      unit={first?.unit ?? "requests"}
      step={step}
      times={first?.points.map((point) => Date.parse(point.at) / 1000) ?? []}
      lines={lines.map(({ series, label, color, bars }) => ({
        label: label ?? say(title),
        color,
        ...(bars && { bars }),
        values: series?.points.map((point) => point.value) ?? [],
      }))}
      href={first && seriesLink(first, service)}
      hrefTitle={{ en: "The requests of this time", zh: "这段时间的请求" }}
      {...(first && { watch: { indicator: first.indicator, where: service === undefined ? {} : { service } } })}
      {...(most !== undefined && { most })}
    />
  );
}

/** The requests of the whole time that the chart shows. */
function seriesLink({ indicator, step_s: stepS, points }: SeriesView, service: string | undefined): string | undefined {
  const at = points.at(-1)?.at;
  return at && figureLink(indicator, { at, windowS: stepS * points.length, service });
}
