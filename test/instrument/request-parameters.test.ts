import { AzureChatOpenAI, ChatOpenAI, OpenAI } from "@langchain/openai";
import { describe, expect, test } from "vitest";
import { type ModelStart, requestParametersOf } from "../../src/instrument/request-parameters.js";
import { hostileValues } from "./hostile-value.js";

const NOWHERE = "http://user:canary-password@127.0.0.1:1/v1?key=canary-key";

/** What a handler gets when a real model starts; the call itself fails at once. */
async function started(model: { invoke(input: string, options: object): Promise<unknown> }): Promise<ModelStart> {
  let start: ModelStart | undefined;
  const take = (
    serialized: unknown,
    _input: unknown,
    _run: string,
    _parent: unknown,
    extraParams: unknown,
    _tags: unknown,
    metadata: unknown,
  ) => {
    start = { serialized, extraParams, metadata };
  };
  const handler = { awaitHandlers: true, handleChatModelStart: take, handleLLMStart: take };
  await model
    .invoke("canary-prompt", { callbacks: [handler], signal: AbortSignal.timeout(2_000) })
    .catch(() => undefined);
  if (start === undefined) throw new Error("the model did not start");
  return start;
}

const local = { apiKey: "canary-key", maxRetries: 0, configuration: { baseURL: NOWHERE } };
const parametersOf = (start: ModelStart) => requestParametersOf(start, {});

describe("request parameters of a real model", () => {
  test("ChatOpenAI: everything that was asked for, and no secret", async () => {
    const model = new ChatOpenAI({
      ...local,
      model: "gpt-4o-mini",
      temperature: 0.5,
      topP: 0.9,
      maxTokens: 100,
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      n: 2,
      stop: ["END"],
      streaming: true,
    });
    const parameters = parametersOf(await started(model));
    expect(parameters).toEqual({
      provider: "openai",
      model: "gpt-4o-mini",
      attributes: {
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.top_p": 0.9,
        "gen_ai.request.max_tokens": 100,
        "gen_ai.request.frequency_penalty": 0.1,
        "gen_ai.request.presence_penalty": 0.2,
        "gen_ai.request.choice.count": 2,
        "gen_ai.request.stop_sequences": ["END"],
        "gen_ai.request.stream": true,
        "server.address": "127.0.0.1",
        "server.port": 1,
      },
    });
    expect(JSON.stringify(parameters)).not.toContain("canary");
  });

  test("a reasoning model and the Responses API name the token limit otherwise", async () => {
    const reasoning = await started(new ChatOpenAI({ ...local, model: "o3-mini", maxTokens: 50 }));
    expect(parametersOf(reasoning).attributes["gen_ai.request.max_tokens"]).toBe(50);
    expect(parametersOf(reasoning).attributes).not.toHaveProperty("gen_ai.request.stream");
    const responses = await started(
      new ChatOpenAI({ ...local, model: "gpt-4o", maxTokens: 60, useResponsesApi: true }),
    );
    expect(parametersOf(responses).attributes["gen_ai.request.max_tokens"]).toBe(60);
  });

  test("a seed of the call", async () => {
    const model = new ChatOpenAI({ ...local, model: "gpt-4o" }).withConfig({ seed: 7 });
    expect(parametersOf(await started(model)).attributes["gen_ai.request.seed"]).toBe(7);
  });

  test("Azure: its own name and the instance's host", async () => {
    const model = new AzureChatOpenAI({
      model: "gpt-4o",
      azureOpenAIApiKey: "canary-key",
      azureOpenAIApiInstanceName: "unreachable",
      azureOpenAIApiDeploymentName: "our-deployment",
      azureOpenAIApiVersion: "2024-06-01",
      maxRetries: 0,
      timeout: 1,
    });
    const parameters = parametersOf(await started(model));
    expect(parameters.provider).toBe("azure.ai.openai");
    expect(parameters.attributes).toMatchObject({
      "server.address": "unreachable.openai.azure.com",
      "server.port": 443,
    });
    expect(JSON.stringify(parameters)).not.toContain("canary");
  });

  test("a text model, which has no ls_ metadata", async () => {
    const parameters = parametersOf(await started(new OpenAI({ ...local, model: "gpt-3.5-turbo-instruct" })));
    expect(parameters).toMatchObject({ provider: "openai", model: "gpt-3.5-turbo-instruct" });
  });
});

describe("the server", () => {
  const start = (kwargs: object, ls_provider = "openai"): ModelStart => ({
    serialized: { id: ["langchain", "ChatOpenAI"], kwargs },
    extraParams: {},
    metadata: { ls_provider, ls_model_name: "m" },
  });
  const server = ({ attributes }: ReturnType<typeof requestParametersOf>) => [
    attributes["server.address"],
    attributes["server.port"],
  ];

  test.each([
    ["openai", "api.openai.com"],
    ["anthropic", "api.anthropic.com"],
    ["google_genai", "generativelanguage.googleapis.com"],
    ["mistral", "api.mistral.ai"],
  ])("of %s without a base URL is its default", (provider, host) => {
    expect(server(requestParametersOf(start({}, provider), {}))).toEqual([host, 443]);
  });

  test.each([
    [{ configuration: { baseURL: "https://proxy.example/v1" } }, "proxy.example", 443],
    [{ configuration: { baseURL: "http://proxy.example" } }, "proxy.example", 80],
    [{ openai_api_base: "http://[::1]:8080/v1" }, "::1", 8080],
    [{ base_url: "http://localhost:11434" }, "localhost", 11434],
    [{ anthropic_api_url: "https://claude.example" }, "claude.example", 443],
  ])("is read from %j", (kwargs, host, port) => {
    expect(server(requestParametersOf(start(kwargs, "ollama"), {}))).toEqual([host, port]);
  });

  test("is read from the variables that OpenAI's client reads", () => {
    const env = { OPENAI_BASE_URL: "http://gateway.example:9/v1" };
    expect(server(requestParametersOf(start({}), env))).toEqual(["gateway.example", 9]);
    expect(server(requestParametersOf(start({}, "anthropic"), env))).toEqual(["api.anthropic.com", 443]);
  });

  test("of another provider makes OpenAI's client that provider", () => {
    const parameters = requestParametersOf(start({ configuration: { baseURL: "https://api.deepseek.com/v1" } }), {});
    expect(parameters.provider).toBe("deepseek");
  });

  test("is left out when the base URL is none, and when nobody knows it", () => {
    expect(server(requestParametersOf(start({ base_url: "::::" }, "ollama"), {}))).toEqual([undefined, undefined]);
    expect(server(requestParametersOf(start({}, "ollama"), {}))).toEqual([undefined, undefined]);
  });
});

test.each(hostileValues())("%s anywhere is no error", (_, value) => {
  const inside = { kwargs: { configuration: value, base_url: value, model: value }, id: value };
  for (const start of [
    { serialized: value, extraParams: value, metadata: value },
    { serialized: inside, extraParams: { invocation_params: value }, metadata: { ls_provider: value } },
    { serialized: inside, extraParams: { invocation_params: { stop: value, temperature: value } }, metadata: {} },
  ]) {
    const parameters = requestParametersOf(start, {});
    expect(parameters.provider).toEqual(expect.any(String));
    expect(parameters.model).toEqual(expect.any(String));
  }
});
