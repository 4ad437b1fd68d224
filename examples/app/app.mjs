import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatOpenAI } from "@langchain/openai";
import { instrument, withRequest } from "chainwatch";

// Where telemetry goes is not in the code: OTEL_* variables say it.
instrument({ serviceName: "example-app" });

// OPENAI_API_KEY and OPENAI_BASE_URL say which models are called.
const model = new ChatOpenAI({ model: process.env.OPENAI_MODEL ?? "gpt-4o-mini" });
const explain = ChatPromptTemplate.fromTemplate("Explain {topic} in one sentence.")
  .pipe(model)
  .pipe(new StringOutputParser())
  .withConfig({ runName: "explain" });

for (const [userId, topic] of [
  ["user_001", "a trace"],
  ["user_002", "a histogram"],
]) {
  const answer = await withRequest({ userId, sessionId: `session-of-${userId}`, requestType: "explain" }, () =>
    explain.invoke({ topic }),
  );
  console.log(`${topic}: ${answer}`);
}
// The process ends by itself, and what has not been sent is sent before.
