import { UsageError } from "./usage-error.js";

/** @throws {UsageError} the value of an option is none of the names */
export function oneOf<Name extends string>(option: string, found: string, names: readonly Name[]): Name {
  const name = names.find((known) => known === found);
  if (name !== undefined) return name;
  throw new UsageError({
    en: `option ${option}: expected ${names.join(", ")}, found ${JSON.stringify(found)}`,
    zh: `选项 ${option} 应为 ${names.join("、")}，却给了 ${JSON.stringify(found)}`,
  });
}
