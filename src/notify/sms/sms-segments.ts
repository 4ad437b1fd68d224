/** What a text costs: messages of the network, each of 140 bytes. */
export interface SmsSegments {
  encoding: "GSM-7" | "UCS-2";
  segments: number;
}

/**
 * The alphabet of GSM 03.38, which packs a character into 7 bits.
 * https://www.twilio.com/docs/glossary/what-is-gsm-7-character-encoding
 */
const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/** These take an escape character before them. */
const EXTENSION = new Set("\f^{}\\[~]|€");

/** Of one segment, and of each of several, which carry a header. Characters of 7 bits, and of 16. */
const CAPACITY = { "GSM-7": { alone: 160, each: 153 }, "UCS-2": { alone: 70, each: 67 } } as const;

/**
 * Counts as the network does: one character that GSM-7 lacks makes the whole text UCS-2, and neither an escaped
 * character nor a pair of surrogates is split between two segments.
 */
export function smsSegments(text: string): SmsSegments {
  const characters = Array.from(text);
  const encoding = characters.every((character) => BASIC.has(character) || EXTENSION.has(character))
    ? "GSM-7"
    : "UCS-2";
  const sizes = characters.map((character) =>
    encoding === "GSM-7" ? (EXTENSION.has(character) ? 2 : 1) : character.length,
  );
  const { alone, each } = CAPACITY[encoding];
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= alone) return { encoding, segments: total === 0 ? 0 : 1 };
  let segments = 1;
  let filled = 0;
  for (const size of sizes) {
    if (filled + size > each) {
      segments += 1;
      filled = 0;
    }
    filled += size;
  }
  return { encoding, segments };
}

const PLAIN: readonly (readonly [RegExp, string])[] = [
  [/[‘’‚‛′]/g, "'"],
  [/[“”„‟″]/g, '"'],
  [/[‐‑‒–—―−]/g, "-"],
  [/…/g, "..."],
  [/[\u00a0\u2000-\u200a\u202f]/g, " "],
  [/[\u200b\ufeff]/g, ""],
  [/�/g, "?"],
];

/** With typographic signs as plain ones, each of which would make a text of 160 characters one of 70. */
export function plainSigns(text: string): string {
  return PLAIN.reduce((plain, [signs, sign]) => plain.replace(signs, sign), text);
}
