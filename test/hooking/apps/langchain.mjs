export { StringOutputParser } from "@langchain/core/output_parsers";
export { PromptTemplate } from "@langchain/core/prompts";
export { FakeListChatModel } from "@langchain/core/utils/testing";
