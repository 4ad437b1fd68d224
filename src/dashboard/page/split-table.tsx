import { findIndicator } from "../../indicators/catalogue.js";
import type { Dimension } from "../../indicators/dimension.js";
import { formatValue } from "../../indicators/format-value.js";
import type { BilingualText } from "../../indicators/language.js";
import { formatCount } from "./format.js";
import { language, say } from "./language.js";
import { viewPath } from "./route.js";
import { ShareBar } from "./share-bar.js";
import { type Column, Table } from "./table.js";
import { type SplitRow, type SplitRows, useSamples } from "./use-samples.js";

interface SplitTableProps {
  title: BilingualText;
  by: Dimension;
  /** What a row is. */
  rowTitle: BilingualText;
  /** Indicators, each a column; rows are in the order of the first. */
  columns: readonly { id: string; title: BilingualText }[];
  /** The share that each row has in the first column is shown as a bar. */
  share?: boolean;
  empty: BilingualText;
  /** Where a row's name leads. */
  hrefOf?(name: string): string;
  windowS: number;
  service: string | undefined;
}

/** The rest is told as a number. */
const MOST_ROWS = 10;

/** Several indicators side by side for every value of one dimension. */
export function SplitTable(props: SplitTableProps) {
  const { title, by, columns, empty, windowS, service } = props;
  const ids = columns.map(({ id }) => id);
  const { data, failure } = useSamples({ ids, by, windowS, service, limit: MOST_ROWS });
  // One row that is nobody's tells nothing.
  const isEmpty = data?.rows.every(({ name }) => name === "");
  return (
    <section class="card">
      <h2>{say(title)}</h2>
      {failure && <p class="notice">{failure}</p>}
      {isEmpty && <p class="quiet">{say(empty)}</p>}
      {data !== undefined && !isEmpty && (
        <Table columns={tableColumns(props, data)} rows={data.rows} rowKey={({ name }) => name} label={title} />
      )}
      {data !== undefined && data.others > 0 && (
        <p class="quiet more">
          {say({ en: `${data.others} more, with less than these.`, zh: `另有 ${data.others} 项，数值更小。` })}{" "}
          <a href={viewPath("trends", { indicator: columns[0]?.id, by })}>{say({ en: "In time", zh: "查看趋势" })}</a>
        </p>
      )}
    </section>
  );
}

function tableColumns(
  { rowTitle, columns, share = false, hrefOf }: SplitTableProps,
  { total = 0 }: SplitRows,
): Column<SplitRow>[] {
  const first = columns[0]?.id ?? "";
  return [
    {
      title: rowTitle,
      header: true,
      class: "split-name",
      cell: ({ name }) => {
        const text = name || say({ en: "(unnamed)", zh: "（未命名）" });
        return hrefOf === undefined || name === "" ? text : <a href={hrefOf(name)}>{text}</a>;
      },
    },
    ...columns.map(({ id, title }) => ({ title, number: true, cell: ({ values }: SplitRow) => shown(id, values[id]) })),
    ...(share
      ? [
          {
            title: { en: "Share", zh: "占比" },
            number: true,
            cell: ({ values }: SplitRow) => <ShareBar share={total === 0 ? 0 : (values[first] ?? 0) / total} />,
          },
        ]
      : []),
  ];
}

/** Unknown is not zero: a model without a price has no cost. */
function shown(id: string, value: number | undefined): string {
  if (value === undefined) return "–";
  const unit = findIndicator(id)?.unit ?? "calls";
  return unit === "s" || unit === "%" || unit === "USD"
    ? formatValue({ unit }, value, language.value)
    : formatCount(value);
}
