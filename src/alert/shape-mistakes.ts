import type { z } from "zod";
import { suggestion } from "./check-rule.js";
import type { YamlPath, YamlSource } from "./yaml-source.js";

/** What a part of a file is made of, for telling what is wrong with its shape. */
export interface ShapeNames {
  /** Where the part stands in the file. */
  at: YamlPath;
  /** The keys that a map at this place of the part may have; undefined where any will do. */
  knownKeys(path: YamlPath): readonly string[] | undefined;
  /** What people who know other files write, and what is meant here. */
  elsewhere: Readonly<Record<string, string>>;
  /** How the value at a place of the file is shown; default: as the file has it. */
  found?(path: YamlPath): string;
}

/** Adds what a schema finds wrong; its messages complete "expected …". */
export function addShapeMistakes(source: YamlSource, error: z.ZodError | undefined, names: ShapeNames): void {
  for (const issue of error?.issues ?? []) {
    // That a variable is not set is said already.
    if (source.originOf([...names.at, ...issue.path]) !== "unset") addShapeMistake(source, issue, names);
  }
}

function addShapeMistake(source: YamlSource, issue: z.core.$ZodIssue, names: ShapeNames): void {
  const path = [...names.at, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    const known = names.knownKeys(issue.path) ?? [];
    for (const key of issue.keys) source.addAtKey(path, key, unknownKey(key, known, names.elsewhere));
    return;
  }
  const key = String(path.at(-1));
  if (issue.code === "invalid_key") {
    source.addAtKey(path.slice(0, -1), key, `expected ${issue.issues[0]?.message}, found ${key}`);
    return;
  }
  const found = names.found?.(path) ?? source.textAt(path);
  const near = issue.code === "invalid_value" ? suggestion(found, issue.values.map(String)) : "";
  const of = typeof path.at(-1) === "string" ? `${key}: ` : "";
  source.add(path, `${of}expected ${issue.message}, found ${found}${near.includes("did you mean") ? near : ""}`);
}

/** What to say of a key that is not known. */
export function unknownKey(key: string, known: readonly string[], elsewhere: ShapeNames["elsewhere"]): string {
  if (Object.hasOwn(elsewhere, key)) return `unknown key "${key}"; here it is ${elsewhere[key]}`;
  return `unknown key "${key}"${suggestion(key, known)}`;
}
