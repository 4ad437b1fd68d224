import type { Attributes } from "../receive/telemetry-batch.js";

/** A text attribute; undefined when absent, empty, or of another type. */
export function textField(attributes: Attributes, name: string): string | undefined {
  const value = attributes[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A number attribute; undefined when absent or of another type. */
export function numberField(attributes: Attributes, name: string): number | undefined {
  const value = attributes[name];
  return typeof value === "number" ? value : undefined;
}

/** The texts of a list attribute, or of a text as a list of one; empty when absent. */
export function textListField(attributes: Attributes, name: string): string[] {
  const value = attributes[name];
  const list = Array.isArray(value) ? value : [value];
  return list.filter((item): item is string => typeof item === "string" && item !== "");
}
