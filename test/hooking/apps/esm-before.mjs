import { instrument } from "chainwatch";
import { ask, make } from "./ask.cjs";

instrument();
await ask(make(await import("./langchain.mjs")));
