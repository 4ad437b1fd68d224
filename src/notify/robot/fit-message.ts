import type { Language } from "../../indicators/language.js";
import type { Message } from "../message/message.js";
import { shortened } from "../message/shortened.js";

/** Length of the longest text and of the longest link, from what is seldom cut to what nearly always fits. */
const LENGTHS = [
  { text: 500, link: 1_000 },
  { text: 250, link: 1_000 },
  { text: 120, link: 1_000 },
  { text: 120, link: 300 },
  { text: 60, link: 300 },
  { text: 30, link: 300 },
  { text: 30, link: 0 },
] as const;

const SHORTEST = { text: 15, link: 0 };

const LEFT_OUT = {
  en: "and more, for which there was no room",
  zh: "其余因篇幅限制未列出",
} as const;

/**
 * As much of a message as fits. Further alerts are left out from the end; where the first alone is too long, its texts
 * are cut at a character, then links go, then lines from the end.
 *
 * @param fits whether a service takes the message as it is rendered for it
 */
export function fitMessage(message: Message, language: Language, fits: (message: Message) => boolean): Message {
  for (const longest of LENGTHS) {
    const parts = cutTo(longest, message);
    const fitting = mostThatFits(parts.others.length, (count) => {
      const others = parts.others.slice(0, count);
      return { ...parts, others: count < parts.others.length ? [...others, LEFT_OUT[language]] : others };
    });
    if (fitting !== undefined) return fitting;
  }
  const shortest = { ...cutTo(SHORTEST, message), others: [] };
  return (
    mostThatFits(shortest.lines.length, (count) => ({ ...shortest, lines: shortest.lines.slice(0, count) })) ?? {
      ...shortest,
      lines: [],
    }
  );

  /** The largest of the candidates with 0 to `most` parts; undefined when not even the smallest fits. */
  function mostThatFits(most: number, candidate: (count: number) => Message): Message | undefined {
    if (fits(candidate(most))) return candidate(most);
    let fitting = -1;
    let tooMany = most;
    while (tooMany - fitting > 1) {
      const middle = Math.floor((fitting + tooMany) / 2);
      if (fits(candidate(middle))) fitting = middle;
      else tooMany = middle;
    }
    return fitting === -1 ? undefined : candidate(fitting);
  }
}

function cutTo(longest: { text: number; link: number }, message: Message): Message {
  return {
    ...message,
    title: cut(message.title, longest.text),
    lines: message.lines.map(({ label, text, url }) => ({
      label,
      text: cut(text, longest.text),
      ...(url !== undefined && url.length <= longest.link && { url }),
    })),
    others: message.others.map((text) => cut(text, longest.text)),
  };
}

/** Half of a torn character from elsewhere would be `\ud83d` in JSON, which not every service takes. */
function cut(text: string, longest: number): string {
  return shortened(text.replace(/\p{Surrogate}/gu, "�"), longest);
}
