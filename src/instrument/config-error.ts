import type { Words } from "./words.js";

/** What is wrong with one setting. `at` says where inside the option, `found` is shown as text. */
export interface ConfigFault {
  /** The option as the user wrote it, such as `prices`. */
  readonly option: string;
  /** In English alone where only apps can read it. */
  readonly expected: string | Words;
  /** The value that was given, or words about it. It is shown in the message: pass no secret. */
  readonly found: unknown;
  /** The place inside the option, or the environment variable the value came from. */
  readonly at?: string;
  /** A sentence without its full stop: what the user should do. */
  readonly cure: string | Words;
}

/** A setting that cannot work, thrown at start and never later. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly option: string;
  readonly expected: string;
  /** The given value as text, cut at 80 characters. */
  readonly found: string;
  readonly cure: string;
  /** The message in both languages. */
  readonly text: Words;

  constructor(fault: ConfigFault) {
    const { option, at } = fault;
    const [expected, found, cure] = [wordsOf(fault.expected), foundWords(fault.found), wordsOf(fault.cure)];
    const place = at === undefined ? { en: "", zh: "" } : { en: ` (at ${at})`, zh: `（位置 ${at}）` };
    const text: Words = {
      en: `chainwatch: option "${option}": expected ${expected.en}, found ${found.en}${place.en}. Cure: ${cure.en}.`,
      zh: `chainwatch: 选项 "${option}" 应为${spaced(expected.zh)}，却是 ${found.zh}${place.zh}。解决办法：${cure.zh}。`,
    };
    super(text.en);
    this.option = option;
    this.expected = expected.en;
    this.found = found.en;
    this.cure = cure.en;
    this.text = text;
  }
}

function wordsOf(text: string | Words): Words {
  return typeof text === "string" ? { en: text, zh: text } : text;
}

function foundWords(value: unknown): Words {
  if (isWords(value)) return { en: shownValue(value.en), zh: value.zh };
  const shown = shownValue(value);
  return { en: shown, zh: shown };
}

function isWords(value: unknown): value is Words {
  const { en, zh } = (value ?? {}) as Partial<Words>;
  return typeof en === "string" && typeof zh === "string";
}

/** As Chinese is set: with a space before a Latin letter, and none before a character. */
function spaced(text: string): string {
  return /^\p{Script=Han}/u.test(text) ? text : ` ${text}`;
}

function shownValue(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "undefined") return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
