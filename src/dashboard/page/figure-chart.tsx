import { useState } from "preact/hooks";
import type { DimensionValues } from "../../indicators/dimension.js";
import { formatValue } from "../../indicators/format-value.js";
import type { IndicatorUnit } from "../../indicators/indicator.js";
import type { BilingualText } from "../../indicators/language.js";
import { AlertOnThis } from "./alert-on-this.js";
import { chartSummary } from "./chart-summary.js";
import { formatTime } from "./format.js";
import { language, say } from "./language.js";
import { type Column, Table } from "./table.js";
import { type ChartLine, type ChartMoment, type ChartPeriod, TimeChart } from "./time-chart.js";

interface FigureChartProps {
  title: BilingualText;
  unit: IndicatorUnit;
  /** Unix time in seconds. */
  times: number[];
  /** Seconds between two times. */
  step: number;
  lines: ChartLine[];
  /** Top of the axis when it is known, as 100 is for percent. */
  most?: number;
  threshold?: number;
  periods?: readonly ChartPeriod[];
  moments?: readonly ChartMoment[];
  /** Where the title leads. */
  href?: string | undefined;
  hrefTitle?: BilingualText;
  /** What a rule on this chart would watch; absent: no rule is offered. */
  watch?: { indicator: string; where: DimensionValues };
}

/** A chart with all that belongs to it: what it says in words, its figures as a table, and a rule to watch it. */
export function FigureChart({ title, unit, href, hrefTitle, watch, ...chart }: FigureChartProps) {
  const [asTable, setAsTable] = useState(false);
  const { times, lines } = chart;
  const format = (value: number): string => formatValue({ unit }, value, language.value);
  const summary = chartSummary(lines, format, language.value);
  return (
    <figure class="card figure-chart">
      <figcaption>
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
        <span class="figure-tools">
          {watch && <AlertOnThis {...watch} windowS={chart.step} values={lines.flatMap(({ values }) => values)} />}
          <button type="button" class="plain" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            {say({ en: "Table", zh: "表格" })}
            <span class="sr-only"> {say(title)}</span>
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
        <TimeChart {...chart} format={format} description={`${say(title)}. ${summary}`} />
      )}
      <p class="figure-summary quiet">{summary}</p>
    </figure>
  );

  function tableColumns(of: readonly ChartLine[], text: (value: number) => string): Column<number>[] {
    return [
      {
        title: { en: "Time", zh: "时间" },
        header: true,
        cell: (index) => formatTime(new Date((times[index] ?? 0) * 1000).toISOString(), language.value),
      },
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
}
