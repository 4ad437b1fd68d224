import { AIMessage, AIMessageChunk } from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";
import { FakeListChatModel } from "@langchain/core/utils/testing";

/** A chat model that gives these answers one after the other: texts, messages, and errors, which it throws. */
export class ScriptedModel extends FakeListChatModel {
  constructor(name, answers) {
    super({ responses: ["unused"] });
    this.modelName = name;
    this.answers = [...answers];
  }

  getLsParams(options) {
    return { ...super.getLsParams(options), ls_provider: "scripted", ls_model_name: this.modelName };
  }

  bindTools() {
    return this;
  }

  next() {
    const answer = this.answers.shift();
    if (answer instanceof Error) throw answer;
    return typeof answer === "string" ? new AIMessage(answer) : answer;
  }

  async _generate() {
    const message = this.next();
    return { generations: [{ message, text: message.text }] };
  }

  async *_streamResponseChunks(_messages, _options, runManager) {
    const { content, text, tool_calls } = this.next();
    const message = new AIMessageChunk({ content, tool_calls });
    const chunk = new ChatGenerationChunk({ message, text });
    yield chunk;
    await runManager?.handleLLMNewToken(text, undefined, undefined, undefined, undefined, { chunk });
  }
}

/** An answer that calls tools, each without arguments or with the given ones. */
export const toolCalls = (...calls) =>
  new AIMessage({
    content: "",
    tool_calls: calls.map(([name, args = {}], index) => ({ id: `call_${index}`, name, args, type: "tool_call" })),
  });
