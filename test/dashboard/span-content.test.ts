import { expect, test } from "vitest";
import { readable, retrievedDocuments, spanMessages } from "../../src/dashboard/span-content.js";

test("system instructions, input and output are read as one conversation", () => {
  const messages = spanMessages({
    "gen_ai.system_instructions": JSON.stringify([{ type: "text", content: "Be brief." }]),
    "gen_ai.input.messages": JSON.stringify([
      { role: "user", parts: [{ type: "text", content: "Weather in Paris?" }] },
    ]),
    "gen_ai.output.messages": JSON.stringify([
      {
        role: "assistant",
        parts: [{ type: "tool_call", id: "call_1", name: "weather", arguments: { city: "Paris" } }],
        finish_reason: "tool_call",
      },
    ]),
  });
  expect(messages).toEqual([
    { role: "system", direction: "input", parts: [{ type: "text", content: "Be brief." }] },
    { role: "user", direction: "input", parts: [{ type: "text", content: "Weather in Paris?" }] },
    {
      role: "assistant",
      direction: "output",
      finishReason: "tool_call",
      parts: [{ type: "tool_call", id: "call_1", name: "weather", arguments: '{\n  "city": "Paris"\n}' }],
    },
  ]);
});

test("arguments and responses that are JSON text are indented too", () => {
  const [message] =
    spanMessages({
      "gen_ai.input.messages": [
        { role: "tool", parts: [{ type: "tool_call_response", id: "call_1", response: '{"degrees":21}' }] },
      ],
    }) ?? [];
  expect(message?.parts).toEqual([{ type: "tool_call_response", id: "call_1", response: '{\n  "degrees": 21\n}' }]);
});

test("a part of an unknown kind is shown as data, not lost", () => {
  const [message] =
    spanMessages({
      "gen_ai.input.messages": JSON.stringify([{ role: "user", parts: [{ type: "blob", mime: "x" }] }]),
    }) ?? [];
  expect(message?.parts).toEqual([{ type: "other", kind: "blob", content: '{\n  "type": "blob",\n  "mime": "x"\n}' }]);
});

test("text that is no JSON is shown as it is", () => {
  const [message] = spanMessages({ "gen_ai.input.messages": "[cut off" }) ?? [];
  expect(message).toEqual({ role: "?", direction: "input", parts: [{ type: "text", content: "[cut off" }] });
});

test("no captured messages are told from an empty conversation", () => {
  expect(spanMessages({})).toBeUndefined();
  expect(spanMessages({ "gen_ai.input.messages": "" })).toBeUndefined();
});

test("JSON nested deeper than it can be written does not break the page", () => {
  const deep = "[".repeat(50_000) + "]".repeat(50_000);
  expect(readable(deep)).toBe("[nested too deeply to show]");
});

test("documents keep their id, score and metadata", () => {
  const documents = [{ id: "faq-7", score: 0.91, content: "Refunds take 5 days.", source: "faq.md" }, "plain text"];
  expect(retrievedDocuments({ "gen_ai.retrieval.documents": JSON.stringify(documents) })).toEqual([
    { id: "faq-7", score: 0.91, content: "Refunds take 5 days.", metadata: '{\n  "source": "faq.md"\n}' },
    { content: "plain text", metadata: "" },
  ]);
  expect(retrievedDocuments({})).toBeUndefined();
});
