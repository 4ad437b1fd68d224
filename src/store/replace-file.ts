import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** At the end of a file that is being written, and of one that a killed process left. */
export const HALF_WRITTEN = ".new";

const WRITTEN_AT_ONCE = 1 << 20;

/** Puts a text, which may be larger than the memory, in the place of a file: all of it or, when it fails, nothing. */
export function replaceFile(path: string, texts: Iterable<string>): void {
  const half = path + HALF_WRITTEN;
  try {
    const file = openSync(half, "w");
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
