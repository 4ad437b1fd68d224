const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The text, or its beginning and `…`: at most so many UTF-16 units, and never half of what a reader sees as one. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  let end = 0;
  for (const { index, segment } of GRAPHEMES.segment(text.slice(0, most + 1))) {
    if (index + segment.length > most - 1) break;
    end = index + segment.length;
  }
  return `${text.slice(0, end)}…`;
}
