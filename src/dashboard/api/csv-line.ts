/**
 * One line of a CSV file (RFC 4180). What is unknown is empty.
 *
 * A spreadsheet takes a text for a formula by its first character, and texts here come from whoever talks to the watched
 * app: such a text gets an apostrophe before it, which spreadsheets do not show.
 */
export function csvLine(cells: readonly (string | number | boolean | undefined)[]): string {
  return `${cells.map(cellText).join(",")}\r\n`;
}

function cellText(cell: string | number | boolean | undefined): string {
  if (typeof cell !== "string") return String(cell ?? "");
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
