import { createHash } from "node:crypto";
import { type FSWatcher, readFileSync, watch } from "node:fs";
import { dirname, resolve } from "node:path";

/** Editors write in several steps: only what has been quiet for so long is read. Milliseconds. */
const SETTLE_MS = 200;

/**
 * Tells when a file's content is another. It watches the folder, because editors and Kubernetes put a new file in the
 * old one's place, and compares the content, because a folder's events say little. SIGHUP makes it tell in any case.
 */
export class FileWatch {
  readonly #path: string;
  readonly #onChange: () => Promise<void>;
  readonly #watcher: FSWatcher | undefined;
  #content: string;
  #timer: NodeJS.Timeout | undefined;
  #telling: Promise<void> = Promise.resolve();

  /**
   * @param onChange must not reject; it is called again only when it has finished
   * @param onTrouble gets why the folder cannot be watched, as where the system's watches are used up: SIGHUP still works
   */
  constructor(path: string, onChange: () => Promise<void>, onTrouble: (error: Error) => void) {
    this.#path = resolve(path);
    this.#onChange = onChange;
    this.#content = contentOf(this.#path);
    this.#watcher = this.#watched(onTrouble);
    process.on("SIGHUP", this.#onSignal);
  }

  /** Resolves when what is being told has been. */
  close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#watcher?.close();
    process.off("SIGHUP", this.#onSignal);
    return this.#telling;
  }

  #watched(onTrouble: (error: Error) => void): FSWatcher | undefined {
    try {
      return watch(dirname(this.#path), () => this.#lookSoon()).on("error", onTrouble);
    } catch (error) {
      onTrouble(error as Error);
      return undefined;
    }
  }

  readonly #onSignal = (): void => {
    this.#content = contentOf(this.#path);
    this.#tell();
  };

  #lookSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const content = contentOf(this.#path);
      if (content === this.#content) return;
      this.#content = content;
      this.#tell();
    }, SETTLE_MS);
  }

  #tell(): void {
    this.#telling = this.#telling.then(this.#onChange);
  }
}

/** A hash; another text for each reason that it cannot be read. */
function contentOf(path: string): string {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
