import { useState } from "preact/hooks";
import type { WatchedChart } from "../../../alert/proposed-rule.js";
import { formatValue } from "../../../indicators/format-value.js";
import type { IndicatorUnit } from "../../../indicators/indicator.js";
import type { BilingualText } from "../../../indicators/language.js";
import { Icon } from "../icon.js";
import { language, say } from "../language.js";
import { goTo } from "../route.js";
import { type Column, Table } from "../table.js";
import { AlertOnThis } from "./alert-on-this.js";
import { chartSummary } from "./chart-summary.js";
import { type ChartLine, type ChartMoment, type ChartPeriod, stepText, TimeChart } from "./time-chart.js";
import "./figure-chart.css";

interface FigureChartProps {
  title: BilingualText;
  unit: IndicatorUnit;
  /** The ends of the steps, Unix time in seconds. */
  times: number[];
  /** Seconds between two times. */
  step: number;
  lines: ChartLine[];
  /** Top of the axis when it is known, as 100 is for percent. */
  most?: number;
  /** Bottom of the axis, where zero is far below everything. Default 0. */
  least?: number;
  threshold?: number;
  periods?: readonly ChartPeriod[];
  moments?: readonly ChartMoment[];
  /** Of the drawing, pixels. */
  height?: number;
  /** Where the title leads. */
  href?: string | undefined;
  hrefTitle?: BilingualText;
  /** Where a time leads, from the drawing and from the table. */
  linkAt?: (time: number) => string | undefined;
  /** What a rule on this chart would watch; absent: no rule is offered. */
  watch?: Omit<WatchedChart, "windowS">;
}

/** A chart with all that belongs to it: what it says in words, its figures as a table, and a rule to watch it. */
export function FigureChart({ title, unit, href, hrefTitle, linkAt, watch, ...chart }: FigureChartProps) {
  const [asTable, setAsTable] = useState(false);
  const { times, lines } = chart;
  const format = (value: number): string => formatValue({ unit }, value, language.value);
  const summary = chartSummary(lines, format, language.value);
  const firstTime = times[0];
  const onPick =
    firstTime === undefined || linkAt?.(firstTime) === undefined
      ? undefined
      : (time: number) => goTo(linkAt(time) ?? "/");
  return (
    <figure class="card figure-chart">
      <figcaption>
        <span class="figure-head">
          {href === undefined ? (
            <span>{say(title)}</span>
          ) : (
            <a class="figure-link" href={href} title={hrefTitle && say(hrefTitle)}>
              {say(title)}
            </a>
          )}
          {lines.length > 1 &&
            lines.map(({ label, color }) => (
              <span class="key" key={label} data-color={color}>
                {label}
              </span>
            ))}
        </span>
        <span class="figure-tools">
          {watch && <AlertOnThis {...watch} windowS={chart.step} />}
          <button
            type="button"
            class="plain"
            aria-pressed={asTable}
            title={say({ en: "Table", zh: "表格" })}
            onClick={() => setAsTable(!asTable)}
          >
            <Icon name="table" />
            <span class="sr-only">
              {say({ en: "Table", zh: "表格" })} {say(title)}
            </span>
          </button>
        </span>
      </figcaption>
      {asTable ? (
        <div class="figure-table">
          <Table
            columns={tableColumns(lines, format)}
            rows={times.map((_, index) => times.length - 1 - index)}
            rowKey={(index) => index}
            label={title}
          />
        </div>
      ) : (
        <TimeChart {...chart} format={format} description={`${say(title)}. ${summary}`} onPick={onPick} />
      )}
      <p class="figure-summary quiet">{summary}</p>
    </figure>
  );

  function tableColumns(of: readonly ChartLine[], text: (value: number) => string): Column<number>[] {
    return [
      { title: { en: "Time", zh: "时间" }, header: true, cell: (index) => timeCell(times[index] ?? 0) },
      ...of.map(({ label, values }) => ({
        title: { en: label, zh: label },
        number: true,
        cell: (index: number) => {
          const value = values[index];
          return value === undefined ? "–" : text(value);
        },
      })),
    ];
  }

  function timeCell(time: number) {
    const text = stepText(time, chart.step);
    const link = linkAt?.(time);
    return link === undefined ? text : <a href={link}>{text}</a>;
  }
}
