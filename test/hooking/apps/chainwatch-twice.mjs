import { createRequire } from "node:module";
import * as imported from "chainwatch";
import { ask, make } from "./ask.cjs";
import * as langchain from "./langchain.mjs";

const required = createRequire(import.meta.url)("chainwatch");
if (required.instrument === imported.instrument) throw new Error("one copy of chainwatch, not two");
const same = imported.instrument() === required.instrument();
const objects = make(langchain);
await imported.withRequest({ requestType: "outer" }, () =>
  required.withRequest({ requestType: "inner" }, () => ask(objects)),
);
console.log(JSON.stringify({ same }));
