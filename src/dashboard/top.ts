import { setTimeout as delay } from "node:timers/promises";
import type { Language } from "../indicators/language.js";
import { renderBoard } from "./board.js";
import { type BoardKeys, listenForQuit } from "./board-keys.js";
import { type Board, type BoardReader, NoBoard } from "./board-reader.js";
import { clockTime } from "./clock-time.js";
import { wrapWidth } from "./display-width.js";
import { type BoardOutput, LiveScreen } from "./live-screen.js";
import { paintIf } from "./paint.js";

export interface TopOptions {
  from: BoardReader;
  /** The one service that `from` is asked for; the title says so. */
  service?: string;
  language: Language;
  /** One frame, then done; so it is too where the output is no terminal. */
  once: boolean;
  /** The figures and alerts as one JSON object, then done. */
  json: boolean;
  /** Ends the live board. */
  signal: AbortSignal;
  out: BoardOutput;
  /** Where `q` ends the live board; absent or no terminal: only the signal does. */
  keys?: BoardKeys;
  /** `NO_COLOR` and `TERM` are read. */
  env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Draws the board: again and again on a terminal until the signal aborts or somebody types `q`, else once.
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
  const { from, out, keys } = options;
  const typed = new AbortController();
  const signal = AbortSignal.any([options.signal, typed.signal]);
  const screen = new LiveScreen(out);
  const giveBack = keys?.isTTY ? listenForQuit(keys, () => typed.abort()) : () => undefined;
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
      screen.draw((last === undefined ? "" : boardText(last, options, endingText(options))) + trouble);
      await delay(Math.max(0, nextMs - Date.now()), undefined, { signal });
    }
  } catch (error) {
    if (!typed.signal.aborted) throw error;
  } finally {
    giveBack();
    screen.close();
  }
}

function boardText(board: Board, options: TopOptions, ending?: string): string {
  const { alerts, source, ...figures } = board;
  return renderBoard(figures, {
    language: options.language,
    width: columns(options),
    color: hasColor(options),
    ...(options.service !== undefined && { service: options.service }),
    ...(ending !== undefined && { ending }),
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
  const time = clockTime(since);
  // The reason first: what does not fit the terminal is on another line.
  const lines = [
    zh ? `✗ ${error.text.zh}（${time} 起，${from.name}）` : `✗ ${error.text.en}, since ${time} (${from.name})`,
  ];
  if (last !== undefined) {
    const at = clockTime(last.at);
    lines.push(zh ? `以上为 ${at} 的数据；${again}` : `The figures are from ${at}. ${again}`);
  } else {
    if (error.cure !== undefined) lines.push(`→ ${error.cure[language]}`);
    lines.push(zh ? `${again}；${endingText(options)}` : `${again}; ${endingText(options)}`);
  }
  const paint = paintIf(hasColor(options));
  return lines
    .flatMap((line) => wrapWidth(line, columns(options)))
    .map((line) => `${paint("red", line)}\n`)
    .join("");
}

function endingText({ keys, language }: TopOptions): string {
  if (keys?.isTTY) return language === "zh" ? "按 q 或 Ctrl-C 退出" : "q or Ctrl-C quits";
  return language === "zh" ? "按 Ctrl-C 退出" : "Ctrl-C quits";
}

function columns({ out }: TopOptions): number {
  return out.columns || 80;
}

/** https://no-color.org */
function hasColor({ out, env = process.env }: TopOptions): boolean {
  return out.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
}
