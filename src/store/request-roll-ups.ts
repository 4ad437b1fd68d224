import type { RecordNumber } from "../indicators/record-question.js";
import { recordNumber } from "./record-number.js";
import { requestEndUs } from "./request-end.js";
import { LABEL_FIELD } from "./request-labels.js";
import type { RequestRecord } from "./request-record.js";
import {
  CUTS,
  type RequestTotals,
  sumsOf,
  TOTALS_NUMBERS,
  type TotalsCut,
  type TotalsDimension,
  type TotalsSplit,
  totalsCut,
  USERS,
} from "./request-totals.js";
import type { RollUpHorizons } from "./roll-up-horizons.js";
import type { RollUpLevel } from "./roll-up-level.js";
import type { SqliteConnection } from "./sqlite-connection.js";
import { parseStored } from "./stored-json.js";

/** What a slot has no more room for is counted under this. */
const OTHER = "other";

const COLUMN: Readonly<Record<RecordNumber, string>> = {
  response_time: "response_time",
  llm_calls: "llm_calls",
  llm_time: "llm_time",
  cost_usd: "cost_usd",
  "tokens.input": "tokens_input",
  "tokens.output": "tokens_output",
  "tokens.total": "tokens_total",
  "tokens.cached": "tokens_cached",
  "tokens.reasoning": "tokens_reasoning",
};
const SUMMED = ["requests", "priced", ...TOTALS_NUMBERS.map((field) => COLUMN[field])];

/** Whole slots of a level between two of their edges, Unix times in microseconds. */
export interface SlotRange {
  level: RollUpLevel;
  fromUs: number;
  toUs: number;
}

interface TotalsRow extends Record<string, string | number> {
  outcome: RequestTotals["outcome"];
  requests: number;
  priced: number;
}

/**
 * Request records added up by slot of time of their end, in the transaction that stores them. They outlive the
 * records. In a column of a label, an empty text means that the record does not say it.
 */
export class RequestRollUps {
  /** Rows of a table's slot. */
  readonly #rows = new Map<string, number>();

  constructor(
    private readonly connection: SqliteConnection,
    private readonly horizons: RollUpHorizons,
  ) {
    for (const { table, cut } of this.#tables()) {
      const labels = cut.dimensions.map((dimension) => `"${dimension}"`);
      connection.exec(`CREATE TABLE IF NOT EXISTS ${table} (
        slot INTEGER NOT NULL,
        ${labels.map((label) => `${label} TEXT NOT NULL,`).join(" ")}
        outcome TEXT NOT NULL,
        ${SUMMED.map((column) => `${column} REAL NOT NULL,`).join(" ")}
        PRIMARY KEY (slot, ${labels.join(", ")}, outcome)
      ) WITHOUT ROWID`);
    }
  }

  /** Forgets what was counted, after a transaction that was undone. */
  reload(): void {
    this.#rows.clear();
  }

  add(record: RequestRecord): void {
    const endUs = requestEndUs(record);
    const numbers = TOTALS_NUMBERS.map((field) => recordNumber(record, field) ?? 0);
    const summed = [1, record.cost_usd === undefined ? 0 : 1, ...numbers];
    for (const { level, slot } of this.horizons.slotsAt("requests", endUs)) {
      for (const cut of CUTS) {
        const labels = cut.dimensions.map((dimension) => record[LABEL_FIELD[dimension]] ?? "");
        this.#add(cut, level, slot, [...labels, record.outcome], summed);
      }
    }
  }

  totals(
    { by, where, numbers = TOTALS_NUMBERS }: TotalsSplit & { numbers?: readonly RecordNumber[] },
    ranges: readonly SlotRange[],
  ): RequestTotals[] {
    const cut = totalsCut({ by, where });
    if (cut === undefined) throw new Error(`no roll-ups by ${by} where ${Object.keys(where)}`);
    const labels = [...by.map((dimension) => `"${dimension}"`), "outcome"].join(", ");
    const summed = ["requests", "priced", ...numbers.map((field) => COLUMN[field])];
    const slots = slotsOf(cut, where, ranges);
    const rows = this.connection
      .statement(
        `SELECT ${labels}, ${summed.map((column) => `sum(${column}) AS ${column}`).join(", ")}
         FROM (${slots.sql}) GROUP BY ${labels}`,
      )
      .all(...slots.values) as TotalsRow[];
    return rows.map((row) => ({
      labels: labelsOfRow(row, by),
      ...{ outcome: row.outcome, requests: row.requests, priced: row.priced },
      sums: sumsOf(numbers, (field) => row[COLUMN[field]] as number),
    }));
  }

  /** The different users of each group, and how many requests named them. */
  users(
    { by, where }: TotalsSplit,
    ranges: readonly SlotRange[],
  ): { labels: RequestTotals["labels"]; users: string[]; requests: number }[] {
    const labels = by.map((dimension) => `"${dimension}"`);
    const slots = slotsOf(USERS, where, ranges);
    // One text a group: a chart of months reads a user many times.
    const rows = this.connection
      .statement(
        `SELECT ${[...labels, 'json_group_array(DISTINCT "user") AS users', "sum(requests) AS requests"].join(", ")}
         FROM (${slots.sql}) WHERE "user" <> '' ${labels.length === 0 ? "" : `GROUP BY ${labels.join(", ")}`}`,
      )
      .all(...slots.values) as (TotalsRow & { users: string; requests: number | null })[];
    return rows.flatMap(({ users, requests, ...row }) =>
      // Without a group there is a line of nobody.
      requests === null ? [] : [{ labels: labelsOfRow(row, by), users: parseStored<string[]>(users), requests }],
    );
  }

  /** Removes the sums of a user; the user's requests stay in those of types and tenants. Gives how many rows. */
  deleteOf(user: string): number {
    this.#rows.clear();
    return this.#tables()
      .filter(({ cut }) => cut === USERS)
      .reduce((deleted, { table }) => {
        const { changes } = this.connection.statement(`DELETE FROM ${table} WHERE "user" = ?`).run(user);
        return deleted + Number(changes);
      }, 0);
  }

  /** Removes the slots before the time since when each level is kept. */
  dropOld(): void {
    this.#rows.clear();
    for (const { level, sinceUs } of this.horizons.levels("requests")) {
      for (const cut of CUTS) {
        this.connection.statement(`DELETE FROM ${tableOf(cut, level)} WHERE slot < ?`).run(sinceUs / level.slotUs);
      }
    }
  }

  /** The day of the first slot; undefined without any. */
  oldestDay(): number | undefined {
    return (this.connection.scalar("SELECT min(slot) FROM request_types_1d") as number | null) ?? undefined;
  }

  #add(cut: TotalsCut, level: RollUpLevel, slot: number, labels: string[], summed: number[]): void {
    const table = tableOf(cut, level);
    const names = [...cut.dimensions, "outcome"];
    const { changes } = this.connection
      .statement(
        `UPDATE ${table} SET ${SUMMED.map((column) => `${column} = ${column} + ?`).join(", ")}
         WHERE slot = ?${names.map((name) => ` AND "${name}" = ?`).join("")}`,
      )
      .run(...summed, slot, ...labels);
    if (Number(changes) > 0) return;
    const rows = this.#rowsOf(table, slot);
    const outcome = labels.at(-1) as string;
    const others = [...cut.dimensions.map(() => OTHER), outcome];
    if (rows >= cut.mostRows && labels[0] !== OTHER) {
      this.#add(cut, level, slot, others, summed);
      return;
    }
    this.connection
      .statement(
        `INSERT INTO ${table} (slot, ${names.map((name) => `"${name}"`).join(", ")}, ${SUMMED.join(", ")})
         VALUES (${["slot", ...names, ...SUMMED].map(() => "?").join(", ")})`,
      )
      .run(slot, ...labels, ...summed);
    this.#rows.set(`${table} ${slot}`, rows + 1);
  }

  #rowsOf(table: string, slot: number): number {
    const key = `${table} ${slot}`;
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    // Few slots are written to at a time.
    if (this.#rows.size > 1_000) this.#rows.clear();
    return this.connection.scalar(`SELECT count(*) FROM ${table} WHERE slot = ?`, slot) as number;
  }

  #tables(): { table: string; cut: TotalsCut }[] {
    const levels = this.horizons.levels("requests");
    return levels.flatMap(({ level }) => CUTS.map((cut) => ({ table: tableOf(cut, level), cut })));
  }
}

const tableOf = (cut: TotalsCut, level: RollUpLevel): string => `request_${cut.name}_${level.name}`;

/** The rows of some slots, as a query. */
function slotsOf(
  cut: TotalsCut,
  where: TotalsSplit["where"],
  ranges: readonly SlotRange[],
): { sql: string; values: (string | number)[] } {
  const filters = Object.entries(where);
  const conditions = ["slot >= ?", "slot < ?", ...filters.map(([name]) => `"${name}" = ?`)].join(" AND ");
  return {
    sql: ranges.map(({ level }) => `SELECT * FROM ${tableOf(cut, level)} WHERE ${conditions}`).join(" UNION ALL "),
    values: ranges.flatMap(({ level: { slotUs }, fromUs, toUs }) => [
      ...[fromUs / slotUs, toUs / slotUs],
      ...filters.map(([, value]) => value),
    ]),
  };
}

function labelsOfRow(
  row: Readonly<Record<string, string | number>>,
  by: readonly TotalsDimension[],
): RequestTotals["labels"] {
  return Object.fromEntries(by.map((name) => [name, row[name]]).filter(([, value]) => value !== ""));
}
