import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";

export interface ChartLine {
  label: string;
  /** Name of a CSS variable that holds the colour. */
  color: string;
  /** Same length as the times; undefined: no data then. */
  values: (number | undefined)[];
  bars?: boolean;
}

interface Chart {
  /** What it shows, for those who cannot see it. */
  title: string;
  /** Unix time in seconds. */
  times: number[];
  lines: ChartLine[];
  format(value: number): string;
  /** Top of the axis when it is known, as 100 is for percent. */
  most?: number;
  /** Seconds between two times. */
  step: number;
}

const HEIGHT = 150;

/** A time chart. uPlot draws on a canvas, so colours are read from the style sheet anew when the scheme changes. */
export function TimeChart(chart: Chart) {
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    let plot = draw(element, chart);
    const redraw = (): void => {
      plot.destroy();
      plot = draw(element, chart);
    };
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", redraw);
    const size = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    size.observe(element);
    return () => {
      scheme.removeEventListener("change", redraw);
      size.disconnect();
      plot.destroy();
    };
  }, [JSON.stringify(chart)]);
  return <div ref={holder} class="chart" role="img" aria-label={chart.title} />;
}

function draw(element: HTMLElement, { times, lines, format, most, step }: Chart): uPlot {
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: color("--quiet"),
    font: `11px ${style.fontFamily}`,
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
  };
  const bars = uPlot.paths.bars?.({ size: [0.7, 24] });
  return new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT,
      padding: [10, 24, 0, 0],
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { size: 6 } },
      scales: {
        // Half a step on either side, or the first and the last bar would be cut.
        x: { time: true, range: (_plot, first, last) => [first - step / 2, last + step / 2] },
        y: { range: (_plot, _least, highest) => [0, most ?? (highest > 0 ? highest * 1.15 : 1)] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 26,
          space: 70,
          values: (_plot, ticks) => ticks.map((tick) => new Date(tick * 1000).toTimeString().slice(0, 5)),
        },
        { ...axis, size: 62, space: 36, values: (_plot, ticks) => ticks.map(format) },
      ],
      series: [
        {},
        ...lines.map((line) => ({
          label: line.label,
          stroke: color(line.color),
          width: line.bars ? 0 : 1.75,
          ...(line.bars && bars && { fill: color(line.color), paths: bars }),
          points: { show: !line.bars, size: 3.5, fill: color(line.color) },
        })),
      ],
      plugins: [valueReader(lines, format)],
    },
    // A bar of no height is how bars show that there is nothing; a line has a gap.
    [times, ...lines.map((line) => line.values.map((value) => value ?? (line.bars ? 0 : null)))],
    element,
  );
}

/** Shows the values under the pointer, as text in a small box. */
function valueReader(lines: ChartLine[], format: (value: number) => string): uPlot.Plugin {
  const box = document.createElement("div");
  box.className = "chart-values";
  box.hidden = true;
  return {
    hooks: {
      init: (plot) => plot.over.append(box),
      setCursor: (plot) => {
        const { idx, left = -1 } = plot.cursor;
        const time = idx === null || idx === undefined ? undefined : plot.data[0][idx];
        box.hidden = time === undefined || left < 0;
        if (idx === null || idx === undefined || time === undefined) return;
        const clock = new Date(time * 1000).toTimeString().slice(0, 8);
        const values = lines.map((line) => {
          const value = line.values[idx];
          return `${lines.length > 1 ? `${line.label} ` : ""}${value === undefined ? "–" : format(value)}`;
        });
        box.textContent = [clock, ...values].join("  ");
        box.style.left = `${Math.min(left, plot.over.clientWidth - box.offsetWidth)}px`;
      },
    },
  };
}
