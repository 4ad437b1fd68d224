import type { BilingualText, Language } from "../indicators/language.js";

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

/** What a key asks for; any other key closes the help. */
export type BoardWish = "quit" | "longer" | "shorter" | "language" | "help" | "other";

/** Ctrl-C is a key like any other where keys come without Enter. */
const WISHES: Readonly<Record<string, BoardWish>> = {
  q: "quit",
  Q: "quit",
  "\x03": "quit",
  w: "longer",
  W: "shorter",
  l: "language",
  L: "language",
  "?": "help",
  "？": "help",
  h: "help",
};

/** What the help says of the keys. */
export const KEY_TEXTS: readonly { keys: string; does: BilingualText }[] = [
  { keys: "w  W", does: { en: "a longer, a shorter window", zh: "更长、更短的时间窗口" } },
  { keys: "l", does: { en: "中文", zh: "English" } },
  { keys: "?  h", does: { en: "this help", zh: "本帮助" } },
  { keys: "q  Ctrl-C", does: { en: "quit", zh: "退出" } },
];

/** The keys in one line. */
export const KEYS_LINE: Readonly<Record<Language, string>> = {
  en: "w window · l 中文 · ? help · q quit",
  zh: "w 窗口 · l English · ? 帮助 · q 退出",
};

/**
 * Listens for keys.
 *
 * @returns gives the keyboard back
 */
export function listenForKeys(keys: BoardKeys, heard: (wish: BoardWish) => void): () => void {
  const listener = (typed: Buffer): void => {
    const text = typed.toString("utf8");
    // Arrows and the like are more than one character, which are no keys of their own.
    if (text.startsWith("\x1b")) heard("other");
    else for (const key of text) heard(WISHES[key] ?? "other");
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
