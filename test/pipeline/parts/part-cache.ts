import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

export interface PartRecipe {
  /** Name and version: the key in the cache. */
  key: string;
  /** How it is made and how long that takes, told before it is made, e.g. `with Go, about 4 minutes on 2 cores`. */
  how: string;
  /** Puts the part into an empty folder. */
  make(folder: string): Promise<void>;
}

/** Where parts are kept, outside the repository. */
export const PARTS_FOLDER = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "chainwatch", "parts");

/**
 * The folder of a part, made once and kept: `<key>` in {@link PARTS_FOLDER}.
 *
 * @throws whatever `make` throws; nothing is kept of a part that is not whole
 */
export async function cachedPart({ key, how, make }: PartRecipe): Promise<string> {
  const folder = join(PARTS_FOLDER, key);
  if (existsSync(folder)) return folder;

  console.log(`making ${key} ${how}; kept in ${folder}`);
  const startedMs = Date.now();
  // Moved when it is whole, so that one that broke off is not taken for a part.
  const unfinished = `${folder}.${process.pid}`;
  try {
    await mkdir(unfinished, { recursive: true });
    await make(unfinished);
    await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  console.log(`made ${key} in ${Math.round((Date.now() - startedMs) / 1000)} s`);
  return folder;
}
