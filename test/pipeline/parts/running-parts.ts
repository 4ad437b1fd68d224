import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach } from "vitest";

/** What can be shown and ended. */
export interface RunningPart {
  name: string;
  log: string;
  stop(): Promise<void>;
}

const SHOWN = 3_000;

/**
 * The parts that the tests of a file start. When a test fails, the end of each part's log is printed; after the last
 * test they are ended, the newest first, and their folders removed.
 */
export class RunningParts {
  readonly #parts: RunningPart[] = [];
  readonly #folders: string[] = [];

  constructor() {
    afterEach(({ task }) => {
      if (task.result?.state !== "fail") return;
      for (const { name, log } of this.#parts) console.log(`── the end of ${name}'s log\n${log.slice(-SHOWN)}`);
    });
    afterAll(async () => {
      for (const part of this.#parts.toReversed()) await part.stop();
      for (const folder of this.#folders) await rm(folder, { recursive: true, force: true });
    });
  }

  async keep<Started extends { part: RunningPart }>(starting: Promise<Started>): Promise<Started> {
    const started = await starting;
    this.#parts.push(started.part);
    return started;
  }

  /** An empty folder that is gone after the last test. */
  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "chainwatch-part-"));
    this.#folders.push(folder);
    return folder;
  }
}
