import { createRequire } from "node:module";
import { instrument } from "chainwatch";

createRequire(import.meta.url)("./langchain.cjs");
console.log(JSON.stringify(await instrument().hooks()));
