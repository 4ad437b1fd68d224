import { setTimeout as delay } from "node:timers/promises";
import type { Language } from "../indicators/language.js";
import { renderBoard } from "./board.js";
import { type Board, type BoardReader, NoBoard } from "./board-reader.js";
import { clockTime } from "./clock-time.js";
import { cutWidth } from "./display-width.js";
import { type BoardOutput, LiveScreen } from "./live-screen.js";
import { paintIf } from "./paint.js";

export interface TopOptions {
  from: BoardReader;
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

/**
 * Draws the board: again and again on a terminal until the signal aborts, else once.
 *
 * The live board outlives what it reads from: it says so, keeps the last figures and goes on asking.
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
  const board = await options.from.read(options.signal);
  options.out.write(options.json ? `${JSON.stringify(board)}\n` : boardText(board, options));
}

async function drawLive(options: TopOptions): Promise<void> {
  const { from, out, signal } = options;
  const screen = new LiveScreen(out);
  let last: Board | undefined;
  let goneSince: number | undefined;
  try {
    while (!signal.aborted) {
      const nextMs = Date.now() + from.everyMs;
      let trouble = "";
      try {
        last = await from.read(signal);
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
  const { alerts, source, ...figures } = board;
  return renderBoard(figures, {
    language: options.language,
    width: columns(options),
    color: hasColor(options),
    ...(alerts && { alerts }),
    ...(source !== undefined && { source }),
  });
}

function troubleText(error: NoBoard, since: number, last: Board | undefined, options: TopOptions): string {
  const { language, from } = options;
  const zh = language === "zh";
  const seconds = from.everyMs / 1000;
  const again = {
    en: `Trying every ${seconds === 1 ? "second" : `${seconds} s`}`,
    zh: `每${seconds === 1 ? "秒" : ` ${seconds} 秒`}重试`,
  }[language];
  const lines = [
    zh
      ? `✗ 自 ${clockTime(since)} 起无法从 ${from.name} 读取：${error.text.zh}`
      : `✗ nothing from ${from.name} since ${clockTime(since)}: ${error.text.en}`,
  ];
  if (last === undefined) {
    lines.push(zh ? `  ${from.cure.zh}；${again}` : `  ${from.cure.en}. ${again}`);
  } else {
    const time = clockTime(last.at);
    lines.push(zh ? `  以上为 ${time} 的数据；${again}` : `  The figures are from ${time}. ${again}`);
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
