// Writes chainwatch.schema.json, which editors check chainwatch.yaml with, from the schemas that the parser reads it by.
// Needs a built dist/.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { configJsonSchema } from "../dist/esm/notify/config-schema.js";

const file = fileURLToPath(new URL("../chainwatch.schema.json", import.meta.url));
writeFileSync(file, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
