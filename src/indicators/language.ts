export type Language = "en" | "zh";

/** A text that people read, in both languages. */
export interface BilingualText {
  en: string;
  zh: string;
}

/** `CHAINWATCH_LANG` when set, else the locale that POSIX would use; English when neither names Chinese. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const setting = env.CHAINWATCH_LANG || env.LC_ALL || env.LC_MESSAGES || env.LANG || "";
  return /^zh/i.test(setting) ? "zh" : "en";
}
