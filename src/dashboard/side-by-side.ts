import { padWidth } from "./display-width.js";

/** Spaces between blocks. */
export const BLOCK_GAP = 2;

/** How wide each of so many blocks may be that stand beside each other. */
export function blockWidth(width: number, count: number): number {
  return Math.floor((width - BLOCK_GAP * (count - 1)) / count);
}

/** Blocks of lines beside each other, so many in a row, each padded to `width`; a short one has empty lines below. */
export function sideBySide(blocks: readonly (readonly string[])[], inRow: number, width: number): string[] {
  const lines: string[] = [];
  for (let first = 0; first < blocks.length; first += inRow) {
    const row = blocks.slice(first, first + inRow);
    const height = Math.max(...row.map((block) => block.length));
    for (let line = 0; line < height; line++) {
      const parts = row.map((block) => padWidth(block[line] ?? "", width));
      lines.push(parts.join(" ".repeat(BLOCK_GAP)).trimEnd());
    }
  }
  return lines;
}
