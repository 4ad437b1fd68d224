import { instrument } from "chainwatch";
import { StringOutputParser } from "langchain-core-03/output_parsers";
import { PromptTemplate } from "langchain-core-03/prompts";
import { FakeListChatModel } from "langchain-core-03/utils/testing";
import { ask, make } from "./ask.cjs";
import * as langchain from "./langchain.mjs";

if (FakeListChatModel === langchain.FakeListChatModel) throw new Error("one version of core, not two");
instrument();
await ask(make(langchain));
await ask(make({ StringOutputParser, PromptTemplate, FakeListChatModel }));
