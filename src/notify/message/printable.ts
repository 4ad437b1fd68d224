/** Names and labels may come from anywhere: control characters, line breaks and text direction become `�`. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}|\p{Bidi_Control}|\u2028|\u2029/gu, "�");
}
