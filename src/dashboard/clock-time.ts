/** `HH:MM:SS` in the terminal's time zone. */
export function clockTime(time: string | number): string {
  return new Date(time).toTimeString().slice(0, 8);
}
