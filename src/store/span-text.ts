import * as semconv from "../instrument/semconv.js";
import { type DayTables, tableOf } from "./day-tables.js";
import type { SqliteConnection } from "./sqlite-connection.js";

/** Attributes that hold what the user let be captured, in the form of JSON text. */
export const CONTENT = [
  semconv.ATTR_INPUT_MESSAGES,
  semconv.ATTR_OUTPUT_MESSAGES,
  semconv.ATTR_SYSTEM_INSTRUCTIONS,
  semconv.ATTR_TOOL_DEFINITIONS,
  semconv.ATTR_TOOL_CALL_ARGUMENTS,
  semconv.ATTR_TOOL_CALL_RESULT,
  semconv.ATTR_RETRIEVAL_QUERY_TEXT,
  semconv.ATTR_RETRIEVAL_DOCUMENTS,
];

/** Different names of a day's spans that are looked through one by one; of more, every span is. */
const MOST_NAMES = 1_000;

/** Where more spans than these have a name with the text, the newest traces that match are soon found. */
const COMMON = 20_000;

const LIKE = "LIKE ? ESCAPE '\\'";
const CONTENT_MATCHES = CONTENT.map((name) => `attributes ->> '$."${name}"' ${LIKE}`).join(" OR ");

/** A condition of SQL on the rows of `traces`. */
export interface TraceCondition {
  sql: string;
  parameters: (string | number)[];
}

interface DayNames {
  table: string;
  day: number;
  /** Names with the text in them; undefined: they are too many to tell, or the table is from before its names had an index. */
  names: string[] | undefined;
}

/** Finds traces by a text in a span's name or captured content; a trace matches when any of its spans does. */
export class SpanText {
  constructor(
    private readonly connection: SqliteConnection,
    private readonly days: DayTables,
  ) {}

  /**
   * @param fromUs a trace that began earlier is not asked for, and has no span before its own start
   * @param few other conditions leave so few traces that each is best looked at by itself
   */
  condition(text: string, { fromUs, few }: { fromUs: number; few: boolean }): TraceCondition {
    const days = this.days.between(fromUs, Number.MAX_SAFE_INTEGER);
    if (days.length === 0) return { sql: "FALSE", parameters: [] };
    if (few) return eachTrace(days, text);
    const found = days.map((day) => this.#names(day, text));
    return this.#isCommon(found) ? eachTrace(days, text) : allTraces(found, text);
  }

  #names(day: number, text: string): DayNames {
    const table = tableOf("spans", day);
    if (!this.#hasIndex(table)) return { table, day, names: undefined };
    const rows = this.connection
      .statement(
        `WITH RECURSIVE names (name) AS (
           SELECT min(name) FROM ${table}
           UNION ALL SELECT (SELECT min(name) FROM ${table} WHERE name > names.name) FROM names WHERE name IS NOT NULL
         )
         SELECT name, name ${LIKE} AS matches FROM names WHERE name IS NOT NULL LIMIT ${MOST_NAMES + 1}`,
      )
      .all(patternOf(text)) as { name: string; matches: number }[];
    if (rows.length > MOST_NAMES) return { table, day, names: undefined };
    return { table, day, names: rows.filter(({ matches }) => matches === 1).map(({ name }) => name) };
  }

  #hasIndex(table: string): boolean {
    return this.connection.scalar("SELECT count(*) FROM sqlite_schema WHERE name = ?", `${table}_name`) === 1;
  }

  #isCommon(days: readonly DayNames[]): boolean {
    let spans = 0;
    for (const { table, names } of days.toReversed()) {
      if (names === undefined || names.length === 0) continue;
      spans += this.connection.scalar(
        `SELECT count(*) FROM (
           SELECT 1 FROM ${table} WHERE name IN (SELECT value FROM json_each(?)) LIMIT ${COMMON + 1}
         )`,
        JSON.stringify(names),
      ) as number;
      if (spans > COMMON) return true;
    }
    return false;
  }
}

const patternOf = (plain: string): string => `%${plain.replaceAll(/[\\%_]/g, "\\$&")}%`;

/** As a text stands inside a JSON text. */
const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Content is JSON text inside of the attributes' JSON text, which as a whole is looked through much faster. */
const contentParameters = (text: string): string[] => {
  const inContent = escaped(text);
  return [patternOf(escaped(inContent)), ...CONTENT.map(() => patternOf(inContent))];
};
const CONTENT_CONDITION = `has_content AND attributes ${LIKE} AND (${CONTENT_MATCHES})`;

/** Looks at the spans of each trace that comes up. */
function eachTrace(days: readonly number[], text: string): TraceCondition {
  const conditions = days.map(
    (day) =>
      `(? BETWEEN first_day AND last_day AND EXISTS (
         SELECT 1 FROM ${tableOf("spans", day)} WHERE trace = traces.id AND (name ${LIKE} OR (${CONTENT_CONDITION}))
       ))`,
  );
  return {
    sql: `(${conditions.join(" OR ")})`,
    parameters: days.flatMap((day) => [day, patternOf(text), ...contentParameters(text)]),
  };
}

/** Looks through all spans for those that match. */
function allTraces(days: readonly DayNames[], text: string): TraceCondition {
  const selects: string[] = [];
  const parameters: (string | number)[] = [];
  for (const { table, names } of days) {
    if (names === undefined) {
      selects.push(`SELECT trace FROM ${table} WHERE name ${LIKE} OR (${CONTENT_CONDITION})`);
      parameters.push(patternOf(text), ...contentParameters(text));
      continue;
    }
    selects.push(`SELECT trace FROM ${table} INDEXED BY ${table}_content WHERE ${CONTENT_CONDITION}`);
    parameters.push(...contentParameters(text));
    if (names.length === 0) continue;
    selects.push(`SELECT trace FROM ${table} WHERE name IN (SELECT value FROM json_each(?))`);
    parameters.push(JSON.stringify(names));
  }
  return { sql: `id IN (${selects.join(" UNION ALL ")})`, parameters };
}
