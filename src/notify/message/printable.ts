/**
 * Names and labels may come from anywhere: control characters, line breaks, text direction and halves of characters
 * become `�`.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\p{Surrogate}\u2028\u2029]/gu, "�");
}
