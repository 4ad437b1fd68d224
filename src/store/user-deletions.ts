import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { HALF_WRITTEN } from "./replace-file.js";
import { isDamage, isDiskFull, isFileTrouble } from "./sqlite-connection.js";
import type { DeletedRows, UserDeletion } from "./telemetry-store.js";
import { UnfinishedDeletions } from "./unfinished-deletions.js";
import { deleteUser, type UserTables } from "./user-deletion.js";
import { UserDeletionError } from "./user-deletion-error.js";

/** What a deletion needs of the database. */
export interface DeletionParts {
  tables(): UserTables;
  /** Runs its work as a whole or not at all. */
  transaction<T>(work: () => T): T;
  /** Writes the file anew, without what was deleted. */
  rewrite(): void;
  /** How much that takes on the disk. */
  rewrittenBytes(): number;
}

/** A database that was set aside, and the files that SQLite had beside it. */
const SET_ASIDE = /^(?:telemetry|alerts)\.db\.damaged-/;

/**
 * Deletions of users' data from the files of a data folder, in an order that can be cut off anywhere and begun again:
 * a note of the user, the lines of the daily files and the rows, the database written anew, the note removed.
 */
export class UserDeletions {
  readonly #unfinished: UnfinishedDeletions;

  constructor(
    private readonly folder: string,
    private readonly parts: DeletionParts,
  ) {
    this.#unfinished = new UnfinishedDeletions(folder);
  }

  /** @throws {UserDeletionError} when the files cannot be written; what is left goes with the next deletion */
  delete(user: string): UserDeletion {
    try {
      const resumed = this.#unfinished.users().length > 0;
      this.#unfinished.add(user);
      const deleted = this.#finish(resumed).get(user) as DeletedRows;
      const setAside = readdirSync(this.folder).filter((file) => SET_ASIDE.test(file));
      return { ...deleted, setAside: setAside.sort().map((file) => join(this.folder, file)) };
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** Finishes what was cut off. Whoever starts the server is not kept from its data by a full disk, but told. */
  finishOld(): void {
    for (const file of readdirSync(this.folder)) {
      if (file.endsWith(HALF_WRITTEN)) rmSync(join(this.folder, file));
    }
    try {
      if (this.#unfinished.users().length > 0) this.#finish(true);
    } catch (error) {
      process.emitWarning(
        `the deletion of a user's data in ${this.folder}, which was cut off, could not be finished ` +
          `(${(error as Error).message}); it is tried again at the next start and the next deletion`,
        { code: "CHAINWATCH_DELETION" },
      );
    }
  }

  /** @param resumed rows may be deleted that are still in the free pages */
  #finish(resumed: boolean): Map<string, DeletedRows> {
    const deletions = new Map<string, DeletedRows>();
    let found = false;
    for (const user of this.#unfinished.users()) {
      const deleted = deleteUser(user, this.parts.tables(), this.parts.transaction);
      deletions.set(user, deleted);
      found ||= Object.values(deleted).some((count) => count > 0);
    }
    if (resumed || found) this.parts.rewrite();
    this.#unfinished.clear();
    return deletions;
  }

  #explain(error: unknown): unknown {
    if (isDamage(error) || !isFileTrouble(error)) return error;
    const full = isDiskFull(error);
    const cure = full ? `Free ${this.parts.rewrittenBytes()} bytes of its disk` : "Mend that";
    return new UserDeletionError(
      `the files in ${this.folder} could not be written (${(error as Error).message}), so that parts of the user's ` +
        `data may still be in them. ${cure}, and delete again.`,
      full ? "disk_full" : "failed",
      { cause: error },
    );
  }
}
