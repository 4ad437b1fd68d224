/** What is wrong with one setting. `at` says where inside the option, `found` is shown as text. */
export interface ConfigFault {
  /** The option as the user wrote it, such as `prices`. */
  readonly option: string;
  readonly expected: string;
  /** The value that was given. It is shown in the message: pass no secret. */
  readonly found: unknown;
  /** The place inside the option, or the environment variable the value came from. */
  readonly at?: string;
  /** A sentence without its full stop: what the user should do. */
  readonly cure: string;
}

/** A setting that cannot work, thrown at start and never later. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly option: string;
  readonly expected: string;
  /** The given value as text, cut at 80 characters. */
  readonly found: string;
  readonly cure: string;

  constructor(fault: ConfigFault) {
    const found = shownValue(fault.found);
    const place = fault.at === undefined ? "" : ` (at ${fault.at})`;
    super(
      `chainwatch: option "${fault.option}": expected ${fault.expected}, found ${found}${place}. Cure: ${fault.cure}.`,
    );
    this.option = fault.option;
    this.expected = fault.expected;
    this.found = found;
    this.cure = fault.cure;
  }
}

function shownValue(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "undefined") return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
