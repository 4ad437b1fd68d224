import { describe, expect, test } from "vitest";
import { defaultHost, priceTableProvider, providerName } from "../../src/instrument/provider.js";

describe("provider names", () => {
  test.each([
    ["openai", "openai", "openai"],
    ["ChatOpenAI", "openai", "openai"],
    ["OpenAIEmbeddings", "openai", "openai"],
    ["azure", "azure.ai.openai", "azure"],
    ["AzureChatOpenAI", "azure.ai.openai", "azure"],
    ["anthropic", "anthropic", "anthropic"],
    ["ChatAnthropic", "anthropic", "anthropic"],
    ["google_genai", "gcp.gemini", "google"],
    ["ChatGoogleGenerativeAI", "gcp.gemini", "google"],
    ["google_vertexai", "gcp.vertex_ai", "google"],
    ["ChatVertexAI", "gcp.vertex_ai", "google"],
    ["bedrock", "aws.bedrock", "aws"],
    ["amazon_bedrock", "aws.bedrock", "aws"],
    ["ChatBedrockConverse", "aws.bedrock", "aws"],
    ["mistralai", "mistral_ai", "mistral"],
    ["ChatMistralAI", "mistral_ai", "mistral"],
    ["cohere", "cohere", "cohere"],
    ["groq", "groq", "groq"],
    ["deepseek", "deepseek", "deepseek"],
    ["ChatXAI", "x_ai", "x-ai"],
    ["xai", "x_ai", "x-ai"],
    ["watsonx", "ibm.watsonx.ai", undefined],
    ["ollama", "ollama", undefined],
    ["FakeListChatModel", "fakelistchatmodel", undefined],
  ])("%s → %s, priced as %s", (given, name, prices) => {
    expect(providerName(given)).toBe(name);
    expect(providerName(name)).toBe(name);
    expect(priceTableProvider(given)).toBe(prices);
  });

  test("nothing is unknown", () => {
    expect(providerName(undefined)).toBe("unknown");
    expect(providerName("  ")).toBe("unknown");
    expect(providerName("x".repeat(500))).toHaveLength(64);
  });

  test("OpenAI's client at another provider's host is that provider", () => {
    expect(providerName("openai", "api.deepseek.com")).toBe("deepseek");
    expect(providerName("openai", "mine.openai.azure.com")).toBe("azure.ai.openai");
    expect(providerName("openai", "openrouter.ai")).toBe("openrouter");
    expect(providerName("openai", "127.0.0.1")).toBe("openai");
    expect(providerName("anthropic", "api.openai.com")).toBe("anthropic");
    expect(providerName("openai", "api.deepseek.com.evil.example")).toBe("openai");
    expect(providerName("openai", "mine.openai.azure.com.evil.example")).toBe("openai");
  });

  test("a provider with one address has a default host", () => {
    expect(defaultHost("openai")).toBe("api.openai.com");
    expect(defaultHost("azure.ai.openai")).toBeUndefined();
    expect(defaultHost("ollama")).toBeUndefined();
  });
});
