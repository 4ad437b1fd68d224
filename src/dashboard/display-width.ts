import { stripVTControlCharacters } from "node:util";

const clusters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** What a reader takes for one character each. */
export function* graphemes(text: string): Generator<string> {
  for (const { segment } of clusters.segment(text)) yield segment;
}

/** Two columns: East Asian Wide and Fullwidth, and what shows as a picture by itself or by U+FE0F after it. */
const WIDE =
  /^(?:[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Yi}\p{Script=Tangut}\p{Script=Nushu}\p{Emoji_Presentation}\u2329\u232a\u2ff0-\u303e\u309b-\u30ff\u3190-\u33ff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18d08}\u{1f200}-\u{1f265}]|\p{Emoji}\ufe0f)/u;
const HALFWIDTH_KANA_AND_HANGUL = /^[\uff61-\uffdc]/;
/** A soft hyphen is a format character that terminals show. */
const INVISIBLE = /^(?!\u00ad)[\p{Mark}\p{Cf}\p{Cc}]/u;

/** Signs of Arabic and other scripts that stand before a number, and are one character with it. */
const WRITTEN_BEFORE = /^[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u;

/** How many columns of a terminal the text takes; colour codes take none. */
export function displayWidth(text: string): number {
  // Most texts, and by far the quickest to measure.
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of clusters.segment(stripVTControlCharacters(text))) width += clusterWidth(segment);
  return width;
}

/** Columns of one grapheme. */
export function clusterWidth(cluster: string): number {
  const [before] = WRITTEN_BEFORE.exec(cluster) ?? [""];
  if (before !== "") return 1 + clusterWidth(cluster.slice(before.length));
  if (cluster === "" || INVISIBLE.test(cluster)) return 0;
  return WIDE.test(cluster) && !HALFWIDTH_KANA_AND_HANGUL.test(cluster) ? 2 : 1;
}

/** The text with spaces up to the width; cut with `…` when it is wider. The text has no colour codes. */
export function fitWidth(text: string, width: number): string {
  return padWidth(cutWidth(text, width), width);
}

/** The text with spaces after it up to the width. */
export function padWidth(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/**
 * The text in lines that are no wider, broken at spaces and between the characters of Chinese, or anywhere in a word
 * that is wider than a line. The text has no colour codes.
 */
export function wrapWidth(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const piece of pieces(text)) {
    if (line !== "" && displayWidth(line + piece.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += piece;
    while (displayWidth(line.trimEnd()) > width) {
      const begin = beginning(line, width);
      lines.push(begin);
      line = line.slice(begin.length);
    }
  }
  return [...lines, line.trimEnd()];
}

/** What stays together: a word with the spaces after it, or a wide character with the punctuation after it. */
function pieces(text: string): string[] {
  const found: string[] = [];
  let before = "";
  for (const { segment } of clusters.segment(text)) {
    const afterSpace = /\s/.test(before);
    const beside = clusterWidth(segment) === 2 || clusterWidth(before) === 2;
    const breaks = afterSpace ? !/\s/.test(segment) : beside && !NO_LINE_BEGINS_WITH.test(segment);
    if (found.length === 0 || breaks) found.push(segment);
    else found.push(`${found.pop()}${segment}`);
    before = segment;
  }
  return found;
}

const NO_LINE_BEGINS_WITH = /^[\s，。、；：？！）》”’…,.;:?!)]/u;

function beginning(text: string, width: number): string {
  let begin = "";
  for (const { segment } of clusters.segment(text)) {
    if (begin !== "" && displayWidth(begin + segment) > width) break;
    begin += segment;
  }
  return begin;
}

/** The text, cut with `…` when it is wider. The text has no colour codes. */
export function cutWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let cut = "";
  let used = 0;
  for (const { segment } of clusters.segment(text)) {
    used += clusterWidth(segment);
    if (used > width - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}
