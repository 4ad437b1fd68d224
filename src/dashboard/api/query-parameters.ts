import { DIMENSIONS, type Dimension, type DimensionValues } from "../../indicators/dimension.js";
import { ApiError } from "./api-error.js";

/**
 * The parameters of one call. Every getter throws an `ApiError` of status 400 that says what was expected and what
 * was found; `end()` does so for parameters that nothing read, so that a mistyped filter never means "everything".
 */
export class QueryParameters {
  readonly #parameters: URLSearchParams;
  readonly #known = new Set<string>();

  constructor(parameters: URLSearchParams) {
    this.#parameters = parameters;
  }

  text(name: string): string | undefined {
    this.#known.add(name);
    const values = this.#parameters.getAll(name);
    if (values.length > 1) throw refused(name, "one value", `${values.length} values`);
    if (values[0] === "") throw refused(name, "a value", "an empty one");
    return values[0];
  }

  number(name: string, expected: { least: number; most: number; whole: boolean }): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= expected.least && value <= expected.most && (!expected.whole || Number.isInteger(value))) return value;
    const kind = expected.whole ? "a whole number" : "a number";
    throw refused(name, `${kind} from ${expected.least} to ${expected.most}`, JSON.stringify(text));
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const choice = choices.find((each) => each === text);
    if (choice === undefined) throw refused(name, `one of ${choices.join(", ")}`, JSON.stringify(text));
    return choice;
  }

  /** Unix time in milliseconds of an ISO 8601 time that names its offset. */
  timeMs(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const named = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text);
    const time = named ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(time)) {
      throw refused(name, "an ISO 8601 time with its offset, such as 2026-01-31T09:30:00Z", JSON.stringify(text));
    }
    return time;
  }

  /** Comma-separated dimensions. */
  dimensions(name: string): Dimension[] {
    const text = this.text(name);
    if (text === undefined) return [];
    return text.split(",").map((each) => {
      const dimension = DIMENSIONS.find((known) => known === each);
      if (dimension === undefined) throw refused(name, `any of ${DIMENSIONS.join(", ")}`, JSON.stringify(each));
      return dimension;
    });
  }

  /** `prefix.service=shop&prefix.model=…` */
  dimensionValues(prefix: string): DimensionValues {
    const values: DimensionValues = {};
    for (const dimension of DIMENSIONS) {
      const value = this.text(`${prefix}.${dimension}`);
      if (value !== undefined) values[dimension] = value;
    }
    return values;
  }

  end(): void {
    for (const name of this.#parameters.keys()) {
      if (this.#known.has(name)) continue;
      const known = [...this.#known].join(", ");
      throw refused(name, known ? `only ${known}` : "no parameters", JSON.stringify(name));
    }
  }
}

function refused(name: string, expected: string, found: string): ApiError {
  return new ApiError(400, `parameter ${JSON.stringify(name)}: expected ${expected}, found ${found}`, {
    expected,
    found,
  });
}
