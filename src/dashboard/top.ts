import { setTimeout as delay } from "node:timers/promises";
import type { Language } from "../indicators/language.js";
import { renderBoard } from "./board.js";
import { type Board, type BoardClientOptions, fetchBoard, NoBoard } from "./board-client.js";
import { clockTime } from "./clock-time.js";
import { cutWidth } from "./display-width.js";
import { type BoardOutput, LiveScreen } from "./live-screen.js";
import { paintIf } from "./paint.js";

export interface TopOptions extends BoardClientOptions {
  language: Language;
  /** One frame, then done; so it is too where the output is no terminal. */
  once: boolean;
  /** The figures and alerts as one JSON object, then done. */
  json: boolean;
  /** Ends the live board. */
  signal: AbortSignal;
  out: BoardOutput;
  /** `NO_COLOR` and `TERM` are read. */
  env?: Readonly<Record<string, string | undefined>>;
}

const POLL_MS = 1_000;

/**
 * Draws the board of a running server: every second on a terminal until the signal aborts, else once.
 *
 * The live board outlives its server: it says so, keeps the last figures and goes on asking.
 *
 * @throws {NoBoard} only where it draws once
 */
export async function runTop(options: TopOptions): Promise<void> {
  const { out, signal } = options;
  try {
    if (out.isTTY === true && !options.once && !options.json) await drawLive(options);
    else await drawOnce(options);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function drawOnce(options: TopOptions): Promise<void> {
  const board = await fetchBoard(options, options.signal);
  options.out.write(options.json ? `${JSON.stringify(board)}\n` : boardText(board, options));
}

async function drawLive(options: TopOptions): Promise<void> {
  const { out, signal } = options;
  const screen = new LiveScreen(out);
  let last: Board | undefined;
  let goneSince: number | undefined;
  try {
    while (!signal.aborted) {
      const nextMs = Date.now() + POLL_MS;
      let trouble = "";
      try {
        last = await fetchBoard(options, signal);
        goneSince = undefined;
      } catch (error) {
        if (!(error instanceof NoBoard)) throw error;
        goneSince ??= Date.now();
        trouble = troubleText(error, goneSince, last, options);
      }
      screen.draw((last === undefined ? "" : boardText(last, options)) + trouble);
      await delay(Math.max(0, nextMs - Date.now()), undefined, { signal });
    }
  } finally {
    screen.close();
  }
}

function boardText(board: Board, options: TopOptions): string {
  const { alerts, ...figures } = board;
  return renderBoard(figures, {
    language: options.language,
    width: columns(options),
    color: hasColor(options),
    alerts,
  });
}

function troubleText(error: NoBoard, since: number, last: Board | undefined, options: TopOptions): string {
  const { language, url } = options;
  const zh = language === "zh";
  const lines = [
    zh
      ? `✗ 自 ${clockTime(since)} 起无法从 ${url} 读取：${error.text.zh}`
      : `✗ nothing from ${url} since ${clockTime(since)}: ${error.text.en}`,
  ];
  if (last === undefined) {
    lines.push(
      zh ? "  启动服务器：chainwatch serve；每秒重试" : "  Start a server: chainwatch serve. Trying every second",
    );
  } else {
    lines.push(
      zh
        ? `  以上为 ${clockTime(last.at)} 的数据；每秒重试`
        : `  The figures are from ${clockTime(last.at)}. Trying every second`,
    );
  }
  const paint = paintIf(hasColor(options));
  return lines.map((line) => `${paint("red", cutWidth(line, columns(options)))}\n`).join("");
}

function columns({ out }: TopOptions): number {
  return out.columns || 80;
}

/** https://no-color.org */
function hasColor({ out, env = process.env }: TopOptions): boolean {
  return out.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
}
