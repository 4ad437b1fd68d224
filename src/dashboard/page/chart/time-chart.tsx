import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { theme } from "../theme.js";
import { lonePoints } from "./lone-points.js";
import { themeColor } from "./theme-color.js";

/** Names of CSS variables, in the order in which lines take them. */
export const LINE_COLORS = [
  "--accent",
  "--violet",
  "--good",
  "--amber",
  "--teal",
  "--pink",
  "--bad",
  "--quiet",
] as const;

export type LineColor = (typeof LINE_COLORS)[number];

export interface ChartLine {
  label: string;
  color: LineColor;
  /** Same length as the times; undefined: no data then. */
  values: (number | undefined)[];
  bars?: boolean;
}

/** Times that stand out, such as those in which an alert fired; Unix time in seconds. */
export interface ChartPeriod {
  from: number;
  /** Absent: it lasts. */
  to?: number;
  color: LineColor;
}

/** A time at which something changed, such as the first sight of a release; Unix time in seconds. */
export interface ChartMoment {
  at: number;
  label: string;
}

export interface TimeChartProps {
  /** What it shows and says, for those who cannot see it. */
  description: string;
  /** The ends of the steps, Unix time in seconds. Values are drawn in the middle of their step. */
  times: number[];
  lines: ChartLine[];
  format(value: number): string;
  /** Top of the axis when it is known, as 100 is for percent. */
  most?: number;
  /** Bottom of the axis, where zero is far below everything. Default 0. */
  least?: number;
  /** A value to hold the lines against, such as a rule's threshold. */
  threshold?: number;
  /** Seconds between two times. */
  step: number;
  periods?: readonly ChartPeriod[];
  moments?: readonly ChartMoment[];
  /** Of the whole chart, pixels. */
  height?: number;
  /** Called with the time that was clicked. */
  onPick?: ((time: number) => void) | undefined;
}

const DEFAULT_HEIGHT = 150;
/** With more than this, points would hide the line. */
const MOST_POINTS = 90;
/** Pixels across; one that stands alone has no line that leads to it. */
const POINT_SIZE = 3.5;
const LONE_POINT_SIZE = 5;
/** More values than this stand below each other. */
const VALUES_IN_A_ROW = 3;
/** From here on an axis names days where they begin. */
const DAYS_FROM_S = 36 * 3600;
const DAY_S = 24 * 3600;

/** A time chart. uPlot draws on a canvas, so colours are read from the style sheet anew when the theme changes. */
export function TimeChart({ onPick, height = DEFAULT_HEIGHT, ...chart }: TimeChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  // The chart is not drawn anew for a function that does the same.
  const pick = useRef(onPick);
  pick.current = onPick;
  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    let plot: uPlot | undefined;
    // Of all charts together the browser tells the sizes, for which it lays out the page once.
    const size = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (plot === undefined) plot = begin(width);
      else if (width !== plot.width) plot.setSize({ width, height });
    });
    size.observe(element);
    return () => {
      size.disconnect();
      plot?.destroy();
    };

    function begin(width: number): uPlot {
      const begun = draw(element as HTMLElement, { ...chart, height }, width);
      begun.over.addEventListener("click", () => {
        const time = chart.times[begun.cursor.idx ?? -1];
        if (time !== undefined) pick.current?.(time);
      });
      return begun;
    }
  }, [JSON.stringify(chart), height, theme.value]);
  return (
    <div
      ref={holder}
      class={onPick ? "chart pickable" : "chart"}
      style={{ height }}
      role="img"
      aria-label={chart.description}
    />
  );
}

type DrawnChart = Omit<TimeChartProps, "onPick" | "height"> & { height: number };

function draw(element: HTMLElement, chart: DrawnChart, width: number): uPlot {
  const { times, lines, format, most, least = 0, threshold, step, height } = chart;
  const font = fontFamily();
  const axis = {
    stroke: themeColor("--quiet"),
    font: `11px ${font}`,
    grid: { stroke: themeColor("--line"), width: 1 },
    ticks: { show: false },
  };
  const bars = uPlot.paths.bars?.({ size: [0.7, 24] });
  const clock = clockFor(chart);
  return new uPlot(
    {
      width,
      height,
      padding: [10, 24, 0, 0],
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { size: 6 }, ...(lines.length > 1 && { focus: { prox: 16 } }) },
      // Of several lines, the one under the pointer stands out.
      focus: { alpha: 0.25 },
      ...(isDaily(chart) && { tzDate: (second: number) => uPlot.tzDate(new Date(second * 1000), "Etc/UTC") }),
      scales: {
        // Half a step on either side, or the first and the last bar would be cut.
        x: { time: true, range: (_plot, first, last) => [first - step / 2, last + step / 2] },
        y: {
          range: (_plot, _least, highest) => {
            const top = Math.max(highest, threshold ?? 0);
            return [least, most ?? (top > 0 ? top * 1.15 : 1)];
          },
        },
      },
      axes: [
        { ...axis, grid: { show: false }, size: 26, space: 70, values: (_plot, ticks) => ticks.map(clock) },
        { ...axis, size: 62, space: 36, values: (_plot, ticks) => ticks.map(format) },
      ],
      series: [
        {},
        ...lines.map((line) => ({
          label: line.label,
          stroke: themeColor(line.color),
          width: line.bars ? 0 : 1.75,
          ...(line.bars && bars && { fill: themeColor(line.color), paths: bars }),
          points: {
            show: !line.bars && times.length <= MOST_POINTS,
            // A line needs two values beside each other: one that stands alone would not be seen.
            filter: (_plot: uPlot, _index: number, show: boolean) =>
              line.bars || show ? null : lonePoints(line.values),
            size: times.length <= MOST_POINTS ? POINT_SIZE : LONE_POINT_SIZE,
            fill: themeColor(line.color),
          },
        })),
      ],
      plugins: [markings(chart, font), valueReader(chart)],
    },
    // A bar of no height is how bars show that there is nothing; a line has a gap.
    [
      times.map((end) => end - step / 2),
      ...lines.map((line) => line.values.map((value) => value ?? (line.bars ? 0 : null))),
    ],
    element,
  );
}

let knownFontFamily: string | undefined;

/** The page's. */
function fontFamily(): string {
  knownFontFamily ??= getComputedStyle(document.body).fontFamily;
  return knownFontFamily;
}

/** Steps of days are days of UTC; shorter ones are told by the reader's clock. */
function isDaily({ step }: Pick<TimeChartProps, "step">): boolean {
  return step >= DAY_S;
}

function clockFor({ times, step }: Pick<TimeChartProps, "times" | "step">): (second: number) => string {
  const namesDays = (times.at(-1) ?? 0) - (times[0] ?? 0) >= DAYS_FROM_S;
  return (second) => {
    if (isDaily({ step })) return utcDay(second);
    const time = new Date(second * 1000);
    const clock = time.toTimeString().slice(0, 5);
    return namesDays && clock === "00:00" ? dayOf(time) : clock;
  };
}

function dayOf(time: Date): string {
  return `${time.getMonth() + 1}-${String(time.getDate()).padStart(2, "0")}`;
}

function utcDay(second: number): string {
  const time = new Date(second * 1000);
  return `${time.getUTCMonth() + 1}-${String(time.getUTCDate()).padStart(2, "0")}`;
}

/** A step in words, of its end: `10:00–10:10`, with its day unless that is today; to the second where it is short. */
export function stepText(end: number, step: number, now: Date = new Date()): string {
  if (isDaily({ step })) return utcDay(end - step);
  const [from, to] = [new Date((end - step) * 1000), new Date(end * 1000)];
  const digits = step % 60 === 0 ? 5 : 8;
  const clock = `${from.toTimeString().slice(0, digits)}–${to.toTimeString().slice(0, digits)}`;
  return from.toDateString() === now.toDateString() ? clock : `${dayOf(from)} ${clock}`;
}

/** Periods lie below the lines, the threshold and the moments above them. */
function markings({ periods = [], moments = [], threshold }: DrawnChart, font: string): uPlot.Plugin {
  const left = (plot: uPlot, second: number): number => {
    const { left: start, width } = plot.bbox;
    return Math.min(start + width, Math.max(start, plot.valToPos(second, "x", true)));
  };
  return {
    hooks: {
      drawClear: (plot) => {
        const { ctx, bbox } = plot;
        ctx.save();
        ctx.globalAlpha = 0.16;
        for (const { from, to, color: name } of periods) {
          const start = left(plot, from);
          const end = to === undefined ? bbox.left + bbox.width : left(plot, to);
          ctx.fillStyle = themeColor(name);
          if (end > bbox.left && start < bbox.left + bbox.width) {
            ctx.fillRect(start, bbox.top, Math.max(2, end - start), bbox.height);
          }
        }
        ctx.restore();
      },
      draw: (plot) => {
        const { ctx, bbox } = plot;
        const [first = 0, last = 0] = [plot.scales.x?.min, plot.scales.x?.max];
        ctx.save();
        ctx.lineWidth = devicePixelRatio;
        ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
        ctx.font = `${10 * devicePixelRatio}px ${font}`;
        ctx.textAlign = "left";
        ctx.strokeStyle = ctx.fillStyle = themeColor("--quiet");
        const rows: number[] = [];
        for (const { at, label } of moments) {
          if (at < first || at > last) continue;
          const x = left(plot, at);
          line(ctx, [x, bbox.top], [x, bbox.top + bbox.height]);
          // The labels of neighbours stand below each other.
          const text = label.slice(0, 16);
          const free = rows.findIndex((end) => end < x);
          const row = free === -1 ? rows.length : free;
          rows[row] = x + ctx.measureText(text).width + 8 * devicePixelRatio;
          ctx.fillText(text, x + 3 * devicePixelRatio, bbox.top + (10 + 12 * row) * devicePixelRatio);
        }
        if (threshold !== undefined) {
          const y = plot.valToPos(threshold, "y", true);
          ctx.strokeStyle = themeColor("--bad");
          line(ctx, [bbox.left, y], [bbox.left + bbox.width, y]);
        }
        ctx.restore();
      },
    },
  };
}

function line(ctx: CanvasRenderingContext2D, from: readonly [number, number], to: readonly [number, number]): void {
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
}

/** Shows the values under the pointer, as text in a small box. */
function valueReader({ lines, format, times, step }: DrawnChart): uPlot.Plugin {
  const box = document.createElement("div");
  box.className = "chart-values";
  box.hidden = true;
  return {
    hooks: {
      init: (plot) => plot.over.append(box),
      setCursor: (plot) => {
        const { idx, left = -1 } = plot.cursor;
        const time = idx === null || idx === undefined ? undefined : times[idx];
        box.hidden = time === undefined || left < 0;
        if (idx === null || idx === undefined || time === undefined) return;
        const clock = stepText(time, step);
        const values = lines.map((line) => {
          const value = line.values[idx];
          return `${lines.length > 1 ? `${line.label} ` : ""}${value === undefined ? "–" : format(value)}`;
        });
        box.textContent = [clock, ...values].join(values.length > VALUES_IN_A_ROW ? "\n" : "  ");
        box.style.left = `${Math.min(left, plot.over.clientWidth - box.offsetWidth)}px`;
      },
    },
  };
}
