/** The text without control characters: names and labels come from what apps send, and must not steer the terminal. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, "");
}
