import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Marks a folder as the demo's own and says which process uses it. */
const MARK = "demo.pid";

/**
 * Gives the demo an empty data folder: `demo` in the parent, emptied of an earlier demo's data; `demo-2` and so on
 * while another demo is running there, or when the folder was not made by a demo.
 *
 * @returns the path, relative when the parent is
 */
export function claimDemoFolder(parent: string): string {
  for (let number = 1; ; number += 1) {
    const folder = join(parent, number === 1 ? "demo" : `demo-${number}`);
    if (!mayEmpty(folder)) continue;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    try {
      writeFileSync(join(folder, MARK), `${process.pid}\n`, { flag: "wx" });
      return folder;
    } catch (error) {
      // Another demo that started in the same moment was quicker.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

function mayEmpty(folder: string): boolean {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return true;
  const mark = join(folder, MARK);
  return existsSync(mark) && !isRunning(Number.parseInt(readFileSync(mark, "utf8"), 10));
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is one that we may not signal.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
