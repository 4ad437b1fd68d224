const { createServer } = require("node:http");

/** An OpenAI-compatible server on a free port. It never keeps the process alive. */
exports.startOpenAiServer = async () => {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { model } = JSON.parse(Buffer.concat(chunks).toString());
    const answer = request.url.endsWith("/embeddings")
      ? {
          object: "list",
          model,
          data: [{ index: 0, embedding: [0.1, 0.2] }],
          usage: { prompt_tokens: 7, total_tokens: 7 },
        }
      : {
          id: "chatcmpl-1",
          object: "chat.completion",
          model,
          choices: [{ index: 0, message: { role: "assistant", content: "an answer" }, finish_reason: "stop" }],
          usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
        };
    response.setHeader("content-type", "application/json");
    response.setHeader("connection", "close");
    response.end(JSON.stringify(answer));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return `http://127.0.0.1:${server.address().port}/v1`;
};
