// Writes chainwatch.schema.json, which editors check rules files with, from the schema that the parser reads them by.
// Needs a built dist/.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rulesJsonSchema } from "../dist/esm/alert/rules-schema.js";

const file = fileURLToPath(new URL("../chainwatch.schema.json", import.meta.url));
writeFileSync(file, `${JSON.stringify(rulesJsonSchema(), null, 2)}\n`);
