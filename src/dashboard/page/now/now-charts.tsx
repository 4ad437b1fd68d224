import { findIndicator } from "../../../indicators/catalogue.js";
import type { DimensionValues } from "../../../indicators/dimension.js";
import type { BilingualText } from "../../../indicators/language.js";
import type { SeriesListView, SeriesView } from "../../api/indicators-view.js";
import { chartTimes, isYoung } from "../../board-questions.js";
import { apiPath } from "../api-path.js";
import { FigureChart } from "../chart/figure-chart.js";
import type { LineColor } from "../chart/time-chart.js";
import { figureLink } from "../figure-link.js";
import { say } from "../language.js";
import { viewPath } from "../route.js";
import { useLive } from "../use-live.js";

interface ChartLine {
  id: string;
  label: BilingualText;
  color: LineColor;
}

interface Chart {
  title: BilingualText;
  /** What is added up is so much in each step. */
  perStep?: boolean;
  /** A rule that is proposed watches the first. */
  lines: readonly [ChartLine, ...ChartLine[]];
}

const P95: BilingualText = { en: "P95", zh: "P95" };
const P50: BilingualText = { en: "P50", zh: "P50" };

const CHARTS: readonly Chart[] = [
  {
    title: { en: "Requests", zh: "请求数" },
    perStep: true,
    lines: [{ id: "requests.count", label: { en: "Requests", zh: "请求数" }, color: "--accent" }],
  },
  {
    title: { en: "Response time", zh: "响应时间" },
    lines: [
      { id: "response_time.p95", label: P95, color: "--violet" },
      { id: "response_time.p99", label: { en: "P99", zh: "P99" }, color: "--pink" },
      { id: "response_time.p50", label: P50, color: "--accent" },
    ],
  },
  {
    title: { en: "Failures", zh: "失败率" },
    lines: [
      { id: "error_rate", label: { en: "Errors", zh: "错误" }, color: "--bad" },
      { id: "timeout_rate", label: { en: "Timeouts", zh: "超时" }, color: "--amber" },
    ],
  },
  {
    title: { en: "In progress", zh: "并发" },
    lines: [
      { id: "concurrency.peak", label: { en: "Peak", zh: "峰值" }, color: "--teal" },
      { id: "concurrency.current", label: { en: "Now", zh: "当前" }, color: "--accent" },
    ],
  },
  {
    title: { en: "Time to first token", zh: "首字时间" },
    lines: [
      { id: "ttft.p95", label: P95, color: "--violet" },
      { id: "ttft.p50", label: P50, color: "--accent" },
    ],
  },
  {
    title: { en: "Model calls", zh: "模型调用" },
    perStep: true,
    lines: [{ id: "llm.calls", label: { en: "Calls", zh: "调用" }, color: "--accent" }],
  },
  {
    title: { en: "Tokens", zh: "Token" },
    perStep: true,
    lines: [
      { id: "tokens.input", label: { en: "Input", zh: "输入" }, color: "--accent" },
      { id: "tokens.output", label: { en: "Output", zh: "输出" }, color: "--violet" },
    ],
  },
  {
    title: { en: "Cost", zh: "成本" },
    perStep: true,
    lines: [{ id: "cost.total", label: { en: "Cost", zh: "成本" }, color: "--amber" }],
  },
];

const IDS = CHARTS.flatMap(({ lines }) => lines.map(({ id }) => id)).join(",");

const HEIGHT = 128;

interface ChartsProps {
  windowS: number;
  service: string | undefined;
  /** The oldest row kept, ISO 8601. */
  oldest: string | undefined;
}

/** As far back as the window, an hour at least; the last ten minutes of a server that has just begun. */
export function NowCharts({ windowS, service, oldest }: ChartsProps) {
  const { stepS: step, points } = chartTimes(windowS, isYoung(oldest, Date.now()));
  const path = apiPath("/api/series", { ids: IDS, step, points, "where.service": service });
  const { data, failure } = useLive<SeriesListView>(path, [], (step * 1000) / 2);
  const series = new Map(data?.indicators.map((each) => [each.indicator, each]));
  return (
    <>
      {failure && <p class="notice">{failure}</p>}
      <section class="charts" aria-label={lastTime((step * points) / 60)}>
        {CHARTS.map((chart) => (
          <NowChart key={chart.title.en} chart={chart} step={step} series={series} service={service} />
        ))}
      </section>
    </>
  );
}

function lastTime(minutes: number): string {
  return minutes < 120
    ? say({ en: `Last ${minutes} minutes`, zh: `最近 ${minutes} 分钟` })
    : say({ en: `Last ${minutes / 60} hours`, zh: `最近 ${minutes / 60} 小时` });
}

interface NowChartProps {
  chart: Chart;
  step: number;
  series: ReadonlyMap<string, SeriesView>;
  service: string | undefined;
}

function NowChart({ chart: { title, perStep = false, lines }, step, series, service }: NowChartProps) {
  const watched = lines[0].id;
  const points = series.get(watched)?.points ?? [];
  const valuesOf = (id: string) => series.get(id)?.points.map(({ value }) => value) ?? [];
  const where: DimensionValues = service === undefined ? {} : { service };
  const only = lines.length === 1;
  return (
    <FigureChart
      title={perStep ? perStepTitle(title, step) : title}
      unit={findIndicator(watched)?.unit ?? "requests"}
      step={step}
      times={points.map(({ at }) => Date.parse(at) / 1000)}
      lines={lines.map(({ id, label, color }) => ({
        label: say(label),
        color,
        ...(only && { bars: true }),
        values: valuesOf(id),
      }))}
      height={HEIGHT}
      href={viewPath("trends", { indicator: watched })}
      hrefTitle={{ en: "Further back, and split", zh: "更长时间与拆分" }}
      linkAt={(time) => figureLink(watched, { at: new Date(time * 1000).toISOString(), windowS: step, service })}
      watch={{ indicator: watched, where, values: valuesOf(watched) }}
    />
  );
}

function perStepTitle({ en, zh }: BilingualText, step: number): BilingualText {
  if (step < 60) return { en: `${en} per ${step} s`, zh: `${zh}（每 ${step} 秒）` };
  if (step === 60) return { en: `${en} per minute`, zh: `${zh}（每分钟）` };
  return { en: `${en} per ${step / 60} min`, zh: `${zh}（每 ${step / 60} 分钟）` };
}
