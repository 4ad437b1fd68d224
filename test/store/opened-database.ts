import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { SqliteConnection } from "../../src/store/sqlite-connection.js";
import { TelemetryDatabase } from "../../src/store/telemetry-database.js";
import { NOON_MS } from "./rows.js";

const RETENTION = { days: 30, maxBytes: 1_000_000_000 };

/** A new database for each test of the file that makes this, in a folder that is gone after it. */
export class OpenedDatabase {
  #dataDir = "";
  #database: TelemetryDatabase | undefined;

  constructor() {
    beforeEach(() => {
      this.#dataDir = mkdtempSync(join(tmpdir(), "chainwatch-store-"));
      this.#open();
    });
    afterEach(() => {
      this.now.close();
      rmSync(this.#dataDir, { recursive: true, force: true });
    });
  }

  /** The one of the test that runs. */
  get now(): TelemetryDatabase {
    if (this.#database === undefined) throw new Error("a database is open only while a test runs");
    return this.#database;
  }

  /** Closes it, makes of its file what an earlier version left behind, and opens it again. */
  becomesOlder(...statements: readonly string[]): void {
    this.now.close();
    const connection = new SqliteConnection(join(this.#dataDir, "telemetry.db"));
    for (const statement of statements) connection.exec(statement);
    connection.close();
    this.#open();
  }

  #open(): void {
    this.#database = new TelemetryDatabase({ dataDir: this.#dataDir, retention: RETENTION }, NOON_MS);
  }
}
