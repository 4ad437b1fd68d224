import { chmodSync, chownSync, closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** At the end of a file that is being written, and of one that a killed process left. */
export const HALF_WRITTEN = ".new";

const WRITTEN_AT_ONCE = 1 << 20;

/**
 * Puts a text, which may be larger than the memory, in the place of a file: all of it or, when it fails, nothing.
 *
 * @param like whose owner and permissions it gets
 */
export function replaceFile(path: string, texts: Iterable<string>, like = path): void {
  const half = path + HALF_WRITTEN;
  try {
    createLike(half, like);
    const file = openSync(half, "r+");
    try {
      let text = "";
      for (const next of texts) {
        text += next;
        if (text.length < WRITTEN_AT_ONCE) continue;
        writeAll(file, text);
        text = "";
      }
      writeAll(file, text);
    } finally {
      closeSync(file);
    }
    putInPlace(half, path);
  } catch (error) {
    rmSync(half, { force: true });
    throw error;
  }
}

/** Begins a file, empty, that nobody can read who cannot read the other one. */
export function createLike(path: string, other: string): void {
  rmSync(path, { force: true });
  closeSync(openSync(path, "wx", 0o600));
  const { mode, uid, gid } = statSync(other);
  try {
    chownSync(path, uid, gid);
  } catch (error) {
    // Only root gives files away, so another's file becomes this user's. Its permissions are kept all the same.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
  chmodSync(path, mode & 0o777);
}

/** Renames a file over another, after what it holds is on the disk: a kill or a power cut leaves one of the two. */
export function putInPlace(from: string, path: string): void {
  sync(from);
  renameSync(from, path);
  // Windows opens no folders, and renames at once.
  if (process.platform !== "win32") sync(dirname(path));
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

function sync(path: string): void {
  const file = openSync(path, process.platform === "win32" ? "r+" : "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
