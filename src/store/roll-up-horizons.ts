import type { KeptSince } from "./reading-plan.js";
import { ROLL_UP_LEVELS, type RollUpLevel, slotOf } from "./roll-up-level.js";
import type { SqliteConnection } from "./sqlite-connection.js";
import { dayStartUs } from "./utc-day.js";

/** What is rolled up, and to which lengths of slots: request records are few enough to be read for an hour. */
const LEVELS = {
  points: ROLL_UP_LEVELS,
  requests: ROLL_UP_LEVELS.filter(({ name }) => name === "7d" || name === "1d" || name === "1h"),
} as const;

export type RolledUp = keyof typeof LEVELS;

export const ROLLED_UP = Object.keys(LEVELS) as RolledUp[];

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
    const note = connection.statement("INSERT OR IGNORE INTO kept_since (name, since_us) VALUES (?, ?)");
    for (const what of ROLLED_UP) {
      for (const level of LEVELS[what]) note.run(nameOf(what, level), beginUs);
    }
    note.run("rows", 0);
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

  /** Since when no row was dropped, Unix time in microseconds; 0: since ever. */
  rowsSince(): number {
    return this.#since("rows");
  }

  levels(what: RolledUp): KeptSince["levels"] {
    return LEVELS[what].map((level) => ({ level, sinceUs: this.#since(nameOf(what, level)) }));
  }

  /** The slots that a row of this time belongs to. */
  slotsAt(what: RolledUp, timeUs: number): { level: RollUpLevel; slot: number }[] {
    return LEVELS[what]
      .filter((level) => timeUs > this.#since(nameOf(what, level)))
      .map((level) => ({ level, slot: slotOf(timeUs, level) }));
  }

  dropRowsBefore(day: number): void {
    this.#drop("rows", day);
  }

  /** Notes that slots before a day are kept no longer; false when that was known. */
  dropSlotsBefore(what: RolledUp, level: RollUpLevel, day: number): boolean {
    return this.#drop(nameOf(what, level), day);
  }

  #drop(name: string, day: number): boolean {
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

const nameOf = (what: RolledUp, { name }: RollUpLevel): string => `${what} ${name}`;
