/** The keyboard as the board needs it; `process.stdin` is one. */
export interface BoardKeys {
  /** Absent or false: what it gives is no typing. */
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  on(event: "data", listener: (typed: Buffer) => void): unknown;
  off(event: "data", listener: (typed: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** Ctrl-C is a key like any other where keys come without Enter. */
const QUITTING = ["q", "Q", "\x03"];

/**
 * Listens for `q` and Ctrl-C.
 *
 * @returns gives the keyboard back
 */
export function listenForQuit(keys: BoardKeys, quit: () => void): () => void {
  const listener = (typed: Buffer): void => {
    const text = typed.toString("latin1");
    if (QUITTING.some((key) => text.includes(key))) quit();
  };
  keys.setRawMode?.(true);
  keys.on("data", listener);
  keys.resume();
  return () => {
    keys.off("data", listener);
    keys.setRawMode?.(false);
    keys.pause();
  };
}
