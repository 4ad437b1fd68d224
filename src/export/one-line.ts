/** What somebody else said, as it may stand on a terminal: in one line, without characters that control it. */
export function oneLine(text: string): string {
  return text.replace(/[\p{C}\ufffd\s]+/gu, " ").trim();
}
