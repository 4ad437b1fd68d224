import type { ComponentChildren } from "preact";
import type { BilingualText } from "../../indicators/language.js";
import { say } from "./language.js";

export interface Column<Row> {
  title: BilingualText;
  cell(row: Row): ComponentChildren;
  /** Numbers stand on the right, their digits below each other. */
  number?: boolean;
  /** The cell that names its row. */
  header?: boolean;
  /** Of the cells: `quiet`, `name`, … */
  class?: string;
}

interface TableProps<Row> {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey(row: Row): string | number;
  /** What the table holds, for those who cannot see it. */
  label: BilingualText;
  /** Each row has one `row-link`, and the whole row leads there. */
  linked?: boolean;
  class?: string;
}

/** A table in a box that scrolls sideways by itself where it does not fit. */
export function Table<Row>({ columns, rows, rowKey, label, linked = false, class: className }: TableProps<Row>) {
  const classes = [linked && "rows-linked", className].filter(Boolean).join(" ");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section class="scroll" tabIndex={0} aria-label={say(label)}>
      <table class={classes || undefined}>
        <thead>
          <tr>
            {columns.map(({ title, number }) => (
              <th key={title.en} scope="col" class={number ? "number" : undefined}>
                {say(title)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <Cell key={column.title.en} column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const classes = [column.number && "number", column.class].filter(Boolean).join(" ") || undefined;
  const content = column.cell(row);
  return column.header ? (
    <th scope="row" class={classes}>
      {content}
    </th>
  ) : (
    <td class={classes}>{content}</td>
  );
}
