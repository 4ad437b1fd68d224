import type { KeptSince } from "./reading-plan.js";
import { ROLL_UP_LEVELS, type RollUpLevel } from "./roll-up-level.js";
import type { SqliteConnection } from "./sqlite-connection.js";
import { dayStartUs } from "./utc-day.js";

/** Since when the rows and each level of roll-ups are complete: where old ones were dropped, or none were made yet. */
export class RollUpHorizons {
  #sinceUs = new Map<string, number>();

  /** @param lastDay of the rows that are there already; undefined when there are none */
  constructor(
    private readonly connection: SqliteConnection,
    lastDay: number | undefined,
  ) {
    connection.exec("CREATE TABLE IF NOT EXISTS kept_since (name TEXT PRIMARY KEY, since_us INTEGER NOT NULL)");
    // A file from before there were roll-ups: they begin with the first day that has no rows without them.
    const beginUs = lastDay === undefined ? 0 : dayStartUs(lastDay + 1);
    for (const { name } of ROLL_UP_LEVELS) {
      connection.statement("INSERT OR IGNORE INTO kept_since (name, since_us) VALUES (?, ?)").run(name, beginUs);
    }
    connection.statement("INSERT OR IGNORE INTO kept_since (name, since_us) VALUES ('rows', 0)").run();
    this.reload();
  }

  /** Reads the times again, after a transaction that was undone. */
  reload(): void {
    const rows = this.connection.statement("SELECT name, since_us FROM kept_since").all() as {
      name: string;
      since_us: number;
    }[];
    this.#sinceUs = new Map(rows.map(({ name, since_us }) => [name, since_us]));
  }

  kept(): KeptSince {
    return {
      rows: this.#since("rows"),
      levels: ROLL_UP_LEVELS.map((level) => ({ level, sinceUs: this.#since(level.name) })),
    };
  }

  /** The levels that a row of this time belongs to. */
  levelsAt(timeUs: number): RollUpLevel[] {
    return ROLL_UP_LEVELS.filter(({ name }) => timeUs > this.#since(name));
  }

  /** Notes that what is before a day is kept no longer; false when that was known. */
  dropBefore(name: "rows" | RollUpLevel["name"], day: number): boolean {
    const sinceUs = dayStartUs(day);
    if (sinceUs <= this.#since(name)) return false;
    this.connection.statement("UPDATE kept_since SET since_us = ? WHERE name = ?").run(sinceUs, name);
    this.#sinceUs.set(name, sinceUs);
    return true;
  }

  #since(name: string): number {
    return this.#sinceUs.get(name) ?? 0;
  }
}
