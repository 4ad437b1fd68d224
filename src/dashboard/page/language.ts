import { signal } from "@preact/signals";
import type { BilingualText, Language } from "../../indicators/language.js";

const STORAGE_KEY = "chainwatch.language";

/** What this reader chose before, else what the server was told, else what the browser prefers. */
function firstLanguage(): Language {
  const server = document.querySelector<HTMLMetaElement>('meta[name="chainwatch-language"]')?.content;
  for (const candidate of [localStorage.getItem(STORAGE_KEY), server, navigator.language]) {
    if (candidate?.startsWith("zh")) return "zh";
    if (candidate) return "en";
  }
  return "en";
}

export const language = signal<Language>(firstLanguage());

export function chooseLanguage(chosen: Language): void {
  localStorage.setItem(STORAGE_KEY, chosen);
  language.value = chosen;
}

language.subscribe((current) => {
  document.documentElement.lang = current === "zh" ? "zh-CN" : "en";
});

/** A bilingual text in the language of the page; a component that calls it is drawn anew when that changes. */
export function say(text: BilingualText): string {
  return text[language.value];
}
