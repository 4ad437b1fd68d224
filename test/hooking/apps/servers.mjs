import { createServer } from "node:http";
import { trace } from "@opentelemetry/api";
import { instrument } from "chainwatch";
import { make } from "./ask.cjs";
import * as langchain from "./langchain.mjs";

const { chain } = make(langchain);

async function listen(name) {
  const server = createServer((request, response) => {
    trace.getTracer("app").startActiveSpan(`${name} ${request.url}`, async (span) => {
      // What is read here, LangChain's queue or another client's flow must not take over.
      await new Promise((resolve) => setTimeout(resolve, 5));
      response.end(await chain.invoke({ topic: request.url }));
      span.end();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const before = await listen("before");
instrument();
const after = await listen("after");
for (const server of [before, after]) {
  const { port } = server.address();
  const answers = ["/1", "/2", "/3"].map((path) => fetch(`http://127.0.0.1:${port}${path}`).then((a) => a.text()));
  await Promise.all(answers);
  server.closeAllConnections();
  server.close();
}
