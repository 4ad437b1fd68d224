import { instrument } from "chainwatch";
import { ask, make } from "./ask.cjs";
import * as langchain from "./langchain.mjs";

const objects = make(langchain);
// Used, so whatever LangChain sets up on first use is set up.
await ask(objects);
instrument();
await ask(objects);
