import { z } from "zod";
import { rulesJsonSchema } from "../alert/rules-schema.js";
import { RECEIVERS_SETTINGS } from "./receiver-settings.js";
import { ROUTE_SETTINGS } from "./route-settings.js";

const TOLD = z.object({ receivers: RECEIVERS_SETTINGS, route: ROUTE_SETTINGS.nullish() });

const VARIABLE = "\\$\\{\\w+\\}";

/** JSON Schema (2020-12) of a configuration file, for editors. It knows shapes; `chainwatch rules check` knows more. */
export function configJsonSchema(): object {
  const rules = rulesJsonSchema();
  const told = z.toJSONSchema(TOLD, { io: "input", override: ({ jsonSchema }) => takeVariables(jsonSchema) });
  return {
    ...rules,
    properties: { ...rules.properties, ...told.properties },
    $defs: told.$defs,
  };
}

/** A variable may stand for each text, and must for a secret. */
function takeVariables(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.type !== "string") return;
  if (schema.writeOnly === true) schema.pattern = VARIABLE;
  else if (schema.pattern !== undefined && !schema.pattern.endsWith(VARIABLE)) {
    schema.pattern = `(?:${schema.pattern})|${VARIABLE}`;
  }
}
