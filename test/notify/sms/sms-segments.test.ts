import { expect, test } from "vitest";
import { plainSigns, smsSegments } from "../../../src/notify/sms/sms-segments.js";

test.each([
  ["nothing", "", "GSM-7", 0],
  ["160 letters", "a".repeat(160), "GSM-7", 1],
  ["161 letters", "a".repeat(161), "GSM-7", 2],
  ["306 letters", "a".repeat(306), "GSM-7", 2],
  ["307 letters", "a".repeat(307), "GSM-7", 3],
  ["80 escaped characters", "€".repeat(80), "GSM-7", 1],
  ["80 escaped characters and a letter", `${"€".repeat(80)}a`, "GSM-7", 2],
  ["an escaped character at the end of a segment", `${"a".repeat(152)}[${"a".repeat(152)}`, "GSM-7", 3],
  ["the same one letter earlier", `${"a".repeat(151)}[${"a".repeat(153)}`, "GSM-7", 2],
  ["all escaped characters", "^{}\\[~]|€\f", "GSM-7", 1],
  ["letters of GSM-7 beyond ASCII", "àèéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà£$¥@_\n\r", "GSM-7", 1],
  ["a backtick, which GSM-7 lacks", "`", "UCS-2", 1],
  ["ç, of which GSM-7 has the capital only", "ç", "UCS-2", 1],
  ["70 Chinese characters", "严".repeat(70), "UCS-2", 1],
  ["71 Chinese characters", "严".repeat(71), "UCS-2", 2],
  ["134 Chinese characters", "严".repeat(134), "UCS-2", 2],
  ["135 Chinese characters", "严".repeat(135), "UCS-2", 3],
  ["35 emojis", "🚨".repeat(35), "UCS-2", 1],
  ["36 emojis", "🚨".repeat(36), "UCS-2", 2],
  ["emojis, of which none is split at 67", "🚨".repeat(67), "UCS-2", 3],
  ["160 letters and an emoji", `${"a".repeat(160)}🚨`, "UCS-2", 3],
])("%s", (_, text, encoding, segments) => {
  expect(smsSegments(text)).toEqual({ encoding, segments });
});

test("typographic signs become plain ones, so that they do not cost segments", () => {
  const plain = plainSigns("“a” – ‘b’ — c… 5\u00a0s\u200b �");
  expect(plain).toBe(`"a" - 'b' - c... 5 s ?`);
  expect(smsSegments(plain).encoding).toBe("GSM-7");
});
