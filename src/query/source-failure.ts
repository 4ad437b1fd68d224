import type { Trouble } from "../export/connection-trouble.js";
import type { BilingualText } from "../indicators/language.js";
import { QueryError, type QueryErrorReason } from "./query-error.js";

/** A source that could not be reached, or refused: which, why, and what to do. */
export class SourceFailure extends QueryError {
  /** The message in both languages. */
  readonly text: BilingualText;

  /** @param source names it in the message */
  constructor(
    source: string,
    readonly trouble: Omit<Trouble, "kind">,
    { reason = "source_failed", cause }: { reason?: QueryErrorReason; cause?: unknown } = {},
  ) {
    const { what, cure } = trouble;
    const text = (language: "en" | "zh"): string =>
      `${source}${language === "en" ? ": " : "："}${what[language]}${cure === undefined ? "" : ` → ${cure[language]}`}`;
    super(reason, text("en"), cause === undefined ? undefined : { cause });
    this.text = { en: text("en"), zh: text("zh") };
  }
}

/** What went wrong with a question, in both languages where they are known. */
export function failureText(error: unknown): BilingualText {
  if (error instanceof SourceFailure) return error.text;
  const text = error instanceof Error ? error.message : String(error);
  return { en: text, zh: text };
}
