import { createRequire } from "node:module";
import { instrument } from "chainwatch";
import { ask, make } from "./ask.cjs";
import * as langchain from "./langchain.mjs";

const required = createRequire(import.meta.url)("./langchain.cjs");
if (required.FakeListChatModel === langchain.FakeListChatModel) throw new Error("one copy of core, not two");
instrument();
await ask(make(langchain));
await ask(make(required));
