import { formatValue } from "../../indicators/format-value.js";
import type { IndicatorUnit } from "../../indicators/indicator.js";
import type { BilingualText } from "../../indicators/language.js";
import type { SeriesView } from "../api/indicators-view.js";
import { apiPath } from "./api-path.js";
import { TimeChart } from "./chart.js";
import { language, say } from "./language.js";
import { useLive } from "./use-live.js";

const STEP_S = 30;
const POINTS = 60;

/** The last half hour, a point each half minute. */
export function BoardCharts({ service }: { service: string | undefined }) {
  const count = useSeries("requests.count", service);
  const p50 = useSeries("response_time.p50", service);
  const p95 = useSeries("response_time.p95", service);
  const success = useSeries("success_rate", service);
  const cost = useSeries("cost.total", service);
  return (
    <section class="charts" aria-label={say({ en: "Last 30 minutes", zh: "最近 30 分钟" })}>
      <Chart
        title={{ en: "Requests per 30 s", zh: "每 30 秒请求数" }}
        lines={[{ series: count, color: "--accent", bars: true }]}
      />
      <Chart
        title={{ en: "Response time", zh: "响应时间" }}
        lines={[
          { series: p95, label: "P95", color: "--violet" },
          { series: p50, label: "P50", color: "--accent" },
        ]}
      />
      <Chart title={{ en: "Success rate", zh: "成功率" }} most={105} lines={[{ series: success, color: "--good" }]} />
      <Chart
        title={{ en: "Cost per 30 s", zh: "每 30 秒成本" }}
        lines={[{ series: cost, color: "--amber", bars: true }]}
      />
    </section>
  );
}

function useSeries(id: string, service: string | undefined): SeriesView | undefined {
  const path = apiPath(`/api/indicators/${id}/series`, { step: STEP_S, points: POINTS, "where.service": service });
  return useLive<SeriesView>(path, [], 15_000).data;
}

interface Line {
  series: SeriesView | undefined;
  label?: string;
  color: string;
  bars?: boolean;
}

function Chart({ title, lines, most }: { title: BilingualText; lines: Line[]; most?: number }) {
  const [first] = lines;
  const unit: IndicatorUnit = first?.series?.unit ?? "requests";
  return (
    <figure class="card">
      <figcaption>
        {say(title)}
        {lines.length > 1 &&
          lines.map(({ label, color }) => (
            <span class="key" key={label} data-color={color}>
              {label}
            </span>
          ))}
      </figcaption>
      <TimeChart
        title={`${say(title)}, ${say({ en: "last 30 minutes", zh: "最近 30 分钟" })}`}
        times={first?.series?.points.map((point) => Date.parse(point.at) / 1000) ?? []}
        lines={lines.map(({ series, label, color, bars }) => ({
          label: label ?? say(title),
          color,
          ...(bars && { bars }),
          values: series?.points.map((point) => point.value) ?? [],
        }))}
        format={(value) => formatValue({ unit }, value, language.value)}
        {...(most !== undefined && { most })}
      />
    </figure>
  );
}
