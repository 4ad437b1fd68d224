import { instrument } from "chainwatch";
import { ask, make } from "./ask.cjs";
import * as langchain from "./langchain.mjs";

instrument();
await ask(make(langchain));
