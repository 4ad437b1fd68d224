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
  readonly #starting: Promise<RunningPart | undefined>[] = [];
  readonly #parts: RunningPart[] = [];
  readonly #folders: string[] = [];

  constructor() {
    afterEach(({ task }) => {
      if (task.result?.state !== "fail") return;
      for (const { name, log } of this.#parts) console.log(`── the end of ${name}'s log\n${log.slice(-SHOWN)}`);
    });
    afterAll(async () => {
      const faults: unknown[] = [];
      const end = (work: Promise<void>): Promise<void> => work.catch((fault: unknown) => void faults.push(fault));
      // Also those that still start when another one failed to, or the time was over: nobody else would end them.
      for (const starting of this.#starting.toReversed()) {
        const part = await starting;
        if (part !== undefined) await end(part.stop());
      }
      for (const folder of this.#folders) await end(rm(folder, { recursive: true, force: true }));
      if (faults.length > 0) throw new AggregateError(faults, `not everything was ended: ${faults.join("; ")}`);
    });
  }

  async keep<Started extends { part: RunningPart }>(starting: Promise<Started>): Promise<Started> {
    this.#starting.push(
      starting.then(
        ({ part }) => part,
        () => undefined,
      ),
    );
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
