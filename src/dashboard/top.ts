import { setTimeout as delay } from "node:timers/promises";
import type { Language } from "../indicators/language.js";
import { asciiText } from "./ascii-text.js";
import { type BoardOptions, renderBoard } from "./board.js";
import { boardHelp } from "./board-help.js";
import { type BoardKeys, type BoardWish, KEYS_LINE, listenForKeys } from "./board-keys.js";
import { type Board, type BoardDetails, type BoardNow, type BoardReader, NoBoard } from "./board-reader.js";
import { clockTime } from "./clock-time.js";
import { wrapWidth } from "./display-width.js";
import { type BoardOutput, LiveScreen } from "./live-screen.js";
import { paintIf } from "./paint.js";
import { takesColor, takesUtf8 } from "./terminal-abilities.js";

export interface TopOptions {
  from: BoardReader;
  /** The window at first, seconds; `w` changes it. */
  windowS: number;
  /** The one service that `from` is asked for; the title says so. */
  service?: string;
  /** The language at first; `l` changes it. */
  language: Language;
  /** One frame, then done; so it is too where the output is no terminal. */
  once: boolean;
  /** Everything that the board shows as one JSON object, then done. */
  json: boolean;
  /** Ends the live board. */
  signal: AbortSignal;
  out: BoardOutput;
  /** Where keys steer the live board; absent or no terminal: only the signal ends it. */
  keys?: BoardKeys;
  /** `NO_COLOR`, `TERM`, the locale and `COLUMNS` are read. */
  env?: Readonly<Record<string, string | undefined>>;
}

/** Charts and lists change slowly, and cost the server more than figures do. */
const DETAILS_EVERY_MS = 10_000;

/** What `w` goes through, beside the window at first. */
const WINDOWS_S = [300, 900, 3600, 21_600, 86_400];

/**
 * Draws the board: again and again on a terminal until the signal aborts or somebody types `q`, else once.
 *
 * The live board outlives what it reads from: it says so, keeps the last figures in grey and goes on asking.
 *
 * @throws {NoBoard} only where it draws once
 */
export async function runTop(options: TopOptions): Promise<void> {
  const { out, signal } = options;
  try {
    if (out.isTTY === true && !options.once && !options.json) await new LiveBoard(options).run();
    else await drawOnce(options);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function drawOnce(options: TopOptions): Promise<void> {
  const { from, windowS, signal, out, json } = options;
  const [now, details] = await Promise.all([from.readNow(windowS, signal), from.readDetails(windowS, signal)]);
  const board: Board = { ...now, ...details };
  out.write(json ? `${JSON.stringify(board)}\n` : renderBoard(board, drawing(options)));
}

interface Trouble {
  error: NoBoard;
  /** Unix time, milliseconds. */
  since: number;
}

class LiveBoard {
  readonly #options: TopOptions;
  readonly #screen: LiveScreen;
  readonly #ended = new AbortController();
  readonly #signal: AbortSignal;
  #windowS: number;
  #language: Language;
  #showsHelp = false;
  #now: BoardNow | undefined;
  #details: BoardDetails | undefined;
  #trouble: Trouble | undefined;
  /** Ends the pause between two readings. */
  #wake = (): void => undefined;

  constructor(options: TopOptions) {
    this.#options = options;
    this.#windowS = options.windowS;
    this.#language = options.language;
    this.#signal = AbortSignal.any([options.signal, this.#ended.signal]);
    this.#screen = new LiveScreen(options.out);
  }

  async run(): Promise<void> {
    const { out, keys } = this.#options;
    const draw = (): void => this.#draw();
    const giveBack = keys?.isTTY ? listenForKeys(keys, (wish) => this.#grant(wish)) : () => undefined;
    out.on?.("resize", draw);
    try {
      await this.#readAndDraw();
    } catch (error) {
      if (!this.#ended.signal.aborted) throw error;
    } finally {
      out.off?.("resize", draw);
      giveBack();
      this.#screen.close();
    }
  }

  async #readAndDraw(): Promise<void> {
    const { everyMs } = this.#options.from;
    let detailsDueMs = 0;
    while (!this.#signal.aborted) {
      const beganMs = Date.now();
      const windowS = this.#windowS;
      const detailsDue = beganMs >= detailsDueMs || this.#now?.window_s !== windowS;
      await this.#read(windowS, detailsDue);
      if (detailsDue && this.#trouble === undefined) detailsDueMs = beganMs + DETAILS_EVERY_MS;
      this.#draw();
      if (this.#windowS === windowS) await this.#pause(beganMs + everyMs - Date.now());
    }
  }

  /** What was read before stays where it cannot be read again. */
  async #read(windowS: number, detailsDue: boolean): Promise<void> {
    const { from } = this.#options;
    try {
      const [now, details] = await Promise.all([
        from.readNow(windowS, this.#signal),
        detailsDue ? from.readDetails(windowS, this.#signal) : this.#details,
      ]);
      this.#now = now;
      this.#details = details;
      this.#trouble = undefined;
    } catch (error) {
      if (!(error instanceof NoBoard)) throw error;
      this.#trouble = { error, since: this.#trouble?.since ?? Date.now() };
    }
  }

  async #pause(ms: number): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    try {
      await delay(Math.max(0, ms), undefined, { signal: AbortSignal.any([this.#signal, woken.signal]) });
    } catch (error) {
      if (!woken.signal.aborted) throw error;
    }
  }

  #grant(wish: BoardWish): void {
    if (wish === "quit") {
      this.#ended.abort();
      return;
    }
    if (wish === "longer" || wish === "shorter") {
      this.#windowS = nextWindow(this.#windowS, this.#options.windowS, wish);
      this.#wake();
    }
    if (wish === "language") this.#language = this.#language === "en" ? "zh" : "en";
    this.#showsHelp = wish === "help" && !this.#showsHelp;
    this.#draw();
  }

  #draw(): void {
    const { out } = this.#options;
    const options = { ...drawing(this.#options), language: this.#language };
    if (this.#showsHelp) {
      const { language, width, color, ascii } = options;
      const help = boardHelp({ language, width, paint: paintIf(color) });
      this.#screen.draw(ascii ? asciiText(help, { keepChinese: language === "zh" }) : help);
      return;
    }
    const trouble = this.#trouble === undefined ? [] : this.#troubleLines(this.#trouble, options);
    if (this.#now === undefined) {
      this.#screen.draw(trouble.join("\n"));
      return;
    }
    const board = renderBoard(
      { ...this.#now, ...this.#details },
      {
        ...options,
        ending: this.#options.keys?.isTTY ? KEYS_LINE[this.#language] : stopText(this.#language),
        ...(out.rows && { height: out.rows - trouble.length }),
        stale: trouble.length > 0,
      },
    );
    // A terminal that is too low for both still says what is wrong.
    const fitting = board
      .trimEnd()
      .split("\n")
      .slice(0, out.rows ? Math.max(0, out.rows - trouble.length) : undefined);
    this.#screen.draw([...fitting, ...trouble].join("\n"));
  }

  #troubleLines({ error, since }: Trouble, { language, width, color, ascii }: BoardOptions): string[] {
    const { from, keys } = this.#options;
    const zh = language === "zh";
    const seconds = from.everyMs / 1000;
    const again = zh ? `每 ${seconds} 秒重试` : `Trying every ${seconds} s`;
    const time = clockTime(since);
    // The reason first: what does not fit the terminal is on another line.
    const lines = [
      zh ? `✗ ${error.text.zh}（${time} 起，${from.name}）` : `✗ ${error.text.en}, since ${time} (${from.name})`,
    ];
    if (this.#now !== undefined) {
      const at = clockTime(this.#now.at);
      lines.push(zh ? `以上为 ${at} 的数据；${again}` : `The figures are from ${at}. ${again}`);
    } else {
      const stop = keys?.isTTY ? { en: "q quits", zh: "按 q 退出" }[language] : stopText(language);
      if (error.cure !== undefined) lines.push(`→ ${error.cure[language]}`);
      lines.push(zh ? `${again}；${stop}` : `${again}; ${stop}`);
    }
    const paint = paintIf(color);
    return lines
      .map((line) => (ascii ? asciiText(line, { keepChinese: zh }) : line))
      .flatMap((line) => wrapWidth(line, width))
      .map((line) => paint("red", line));
  }
}

/** The next of them that is longer or shorter; after the last comes the first. */
function nextWindow(windowS: number, firstS: number, wish: "longer" | "shorter"): number {
  const windows = [...new Set([...WINDOWS_S, firstS])].sort((a, b) => a - b);
  const at = windows.indexOf(windowS) + (wish === "longer" ? 1 : -1);
  return windows.at(at % windows.length) ?? firstS;
}

function drawing({ language, service, out, env = process.env }: TopOptions): BoardOptions {
  return {
    language,
    width: out.columns || Number(env.COLUMNS) || 80,
    color: takesColor(out, env),
    ascii: !takesUtf8(env),
    ...(service !== undefined && { service }),
  };
}

function stopText(language: Language): string {
  return language === "zh" ? "按 Ctrl-C 退出" : "Ctrl-C quits";
}
