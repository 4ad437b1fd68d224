import { ask, make } from "./ask.cjs";
import * as langchain from "./langchain.mjs";

await ask(make(langchain));
