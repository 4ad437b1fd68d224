import type { SeriesView, SplitSeriesView } from "../../api/indicators-view.js";
import { apiPath } from "../api-path.js";
import { FigureChart } from "../chart/figure-chart.js";
import { LINE_COLORS, type LineColor } from "../chart/time-chart.js";
import { Segments } from "../controls/segments.js";
import { figureLink } from "../figure-link.js";
import { say } from "../language.js";
import { chosen } from "../route.js";
import { useLive } from "../use-live.js";

interface CostChartProps {
  windowS: number;
  stepS: number;
  service: string | undefined;
  nowMs: number;
}

const SPLITS = [
  { value: "total", label: { en: "In total", zh: "总计" } },
  { value: "model", label: { en: "by model", zh: "按模型" } },
  { value: "type", label: { en: "by type", zh: "按类型" } },
  { value: "release", label: { en: "by release", zh: "按版本" } },
] as const;

const EVERY_MS = 60_000;
const HEIGHT = 220;

/** Spend over time, by the hour or the day. */
export function CostChart({ windowS, stepS, service, nowMs }: CostChartProps) {
  const split = SPLITS.find(({ value }) => value === chosen("by")) ?? SPLITS[0];
  const stepMs = stepS * 1000;
  // The step that is under way is part of it.
  const toMs = Math.ceil(nowMs / stepMs) * stepMs;
  const path = apiPath("/api/indicators/cost.total/series", {
    from: new Date(toMs - windowS * 1000).toISOString(),
    to: new Date(toMs).toISOString(),
    step: stepS,
    by: split.value === "total" ? undefined : split.value,
    "where.service": service,
  });
  const { data, failure } = useLive<SeriesView | SplitSeriesView>(path, [], EVERY_MS);
  const series = data === undefined ? [] : "series" in data ? data.series : [{ labels: {}, points: data.points }];
  const points = series[0]?.points ?? [];
  const values = series.flatMap((each) => each.points.map(({ value }) => value));
  const hasCost = values.some((value) => value !== undefined);
  return (
    <section class="cost-chart">
      <Segments legend={{ en: "Split by", zh: "拆分方式" }} name="by" choices={SPLITS} value={split.value} />
      {failure && <p class="notice">{failure}</p>}
      {data && !hasCost && <NoCost />}
      {hasCost && (
        <FigureChart
          title={
            stepS < 86_400
              ? { en: "Cost by the hour", zh: "每小时成本" }
              : { en: "Cost by the day (UTC)", zh: "每日成本（UTC）" }
          }
          unit="USD"
          step={stepS}
          times={points.map(({ at }) => Date.parse(at) / 1000)}
          lines={series.map(({ labels, points: own }, index) => ({
            label: nameOf(labels) ?? say({ en: "Cost", zh: "成本" }),
            color: LINE_COLORS[index % LINE_COLORS.length] as LineColor,
            ...(split.value === "total" && { bars: true }),
            values: own.map(({ value }) => value),
          }))}
          height={HEIGHT}
          linkAt={(second) =>
            figureLink("cost.total", { at: new Date(second * 1000).toISOString(), windowS: stepS, service })
          }
          watch={{
            indicator: "cost.total",
            where: service === undefined ? {} : { service },
            by: split.value === "total" ? undefined : split.value,
            values,
          }}
        />
      )}
    </section>
  );
}

function nameOf(labels: Readonly<Record<string, string>>): string | undefined {
  const [name] = Object.values(labels);
  return name || undefined;
}

function NoCost() {
  return (
    <p class="notice">
      {say({
        en: "No call with a known price in this time. Costs come from the tokens of calls and the prices of their models.",
        zh: "此时间范围内没有价格已知的调用。成本由调用的 token 数和模型价格得出。",
      })}
    </p>
  );
}
