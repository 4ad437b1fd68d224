import { createHash } from "node:crypto";
import type { Attributes } from "../receive/telemetry-batch.js";
import { parseStored } from "./stored-json.js";
import { withoutPrototype } from "./without-prototype.js";

/** Attributes from the JSON text they are kept as. Objects have no prototype, as when they were received. */
export const parseAttributes = (json: string): Attributes => withoutPrototype(parseStored<Attributes>(json));

/** One text for equal attributes in whatever order they came. */
export const canonicalJson = (attributes: Attributes): string =>
  JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64");
