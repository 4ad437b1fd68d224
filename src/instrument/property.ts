/**
 * Reading objects that somebody else made.
 *
 * LangChain hands over whatever the app, a provider's client or a tool produced: getters that throw, revoked
 * proxies, cycles. These reads answer `undefined` (or nothing) instead of throwing into the app.
 */

/** `value[key]`, or `undefined` when there is no such property or reading it throws. */
export function property(value: unknown, key: string | number | symbol): unknown {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return undefined;
  try {
    return (value as Record<string | number | symbol, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** The property when it is a string that is not empty. */
export function stringProperty(value: unknown, key: string): string | undefined {
  const found = property(value, key);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** The property when it is a finite number. */
export function numberProperty(value: unknown, key: string): number | undefined {
  const found = property(value, key);
  return typeof found === "number" && Number.isFinite(found) ? found : undefined;
}

/** `Array.isArray`, which throws on a revoked proxy. */
export function isList(value: unknown): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** At most `limit` items of an array, each read safely; nothing when `value` is no array. */
export function items(value: unknown, limit = 10_000): unknown[] {
  if (!isList(value)) return [];
  const length = Math.min(numberProperty(value, "length") ?? 0, limit);
  const found: unknown[] = [];
  for (let index = 0; index < length; index++) found.push(property(value, index));
  return found;
}
