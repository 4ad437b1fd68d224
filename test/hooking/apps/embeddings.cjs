const { startOpenAiServer } = require("./openai-server.cjs");

startOpenAiServer().then((baseURL) => {
  if (process.env.CHAINWATCH !== "preloaded") require("chainwatch").instrument();
  const { OpenAIEmbeddings } = require("@langchain/openai");
  return new OpenAIEmbeddings({ apiKey: "none", configuration: { baseURL } }).embedQuery("hello");
});
