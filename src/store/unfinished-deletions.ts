import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "./replace-file.js";

/**
 * The users whose deletion has begun, in a file beside the database: a process that is killed over it finishes it at
 * its next start. The file holds their ids, so it is the last thing to go.
 */
export class UnfinishedDeletions {
  readonly #path: string;

  constructor(private readonly folder: string) {
    this.#path = join(folder, "unfinished-deletions.json");
  }

  users(): string[] {
    try {
      return JSON.parse(readFileSync(this.#path, "utf8")) as string[];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }

  add(user: string): void {
    const users = new Set([...this.users(), user]);
    replaceFile(this.#path, [JSON.stringify([...users])], join(this.folder, "telemetry.db"));
  }

  clear(): void {
    rmSync(this.#path, { force: true });
  }
}
