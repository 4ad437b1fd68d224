import type { YamlPath } from "../alert/yaml-source.js";

/** The part of JSON Schema that tells where a setting may stand, and which is a secret. */
export interface SettingPlace {
  /** A secret, by `FROM_ENVIRONMENT`. */
  writeOnly?: boolean;
  properties?: Readonly<Record<string, SettingPlace>>;
  items?: SettingPlace;
  additionalProperties?: SettingPlace | boolean;
}

/** Undefined where nothing may stand. */
export function placeAt(place: SettingPlace | undefined, path: YamlPath): SettingPlace | undefined {
  const [key, ...rest] = path;
  if (key === undefined || place === undefined) return place;
  const { properties = {}, items, additionalProperties: others } = place;
  const named = Object.hasOwn(properties, key) ? properties[String(key)] : undefined;
  const next = typeof key === "number" ? items : (named ?? (typeof others === "object" ? others : undefined));
  return placeAt(next, rest);
}

/** Where a value has texts that must come from the environment. */
export function secretPlaces(place: SettingPlace | undefined, value: unknown, path: YamlPath = []): YamlPath[] {
  if (place === undefined || value === undefined || value === null) return [];
  if (typeof value !== "object") return place.writeOnly === true ? [path] : [];
  const keys: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) =>
    secretPlaces(placeAt(place, [key]), (value as Readonly<Record<PropertyKey, unknown>>)[key], [...path, key]),
  );
}
