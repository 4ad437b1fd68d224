/** A chain and a model, of whichever copy of LangChain an app has loaded. */
exports.make = ({ PromptTemplate, FakeListChatModel, StringOutputParser }) => {
  const model = new FakeListChatModel({ responses: ["an answer"] });
  return { model, chain: PromptTemplate.fromTemplate("Explain {topic}").pipe(model).pipe(new StringOutputParser()) };
};

/** Two requests: of the chain, and of the model alone. */
exports.ask = async ({ chain, model }) => {
  await chain.invoke({ topic: "tracing" });
  await model.invoke("hello");
};
