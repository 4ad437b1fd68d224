interface ProviderEntry {
  /** The value of `gen_ai.provider.name`: the conventions' well-known one where there is one. */
  readonly name: string;
  /** The provider's id in the price table. */
  readonly prices?: string;
  /** LangChain's `ls_provider` and class names, lower case, without `chat`, `embeddings` and separators. */
  readonly aliases?: readonly string[];
  /** Where its API answers when the app sets no base URL. */
  readonly host?: string;
  /** Other hosts that are this provider's: any host that ends so. */
  readonly hostSuffixes?: readonly string[];
}

const PROVIDERS: readonly ProviderEntry[] = [
  { name: "openai", prices: "openai", host: "api.openai.com", hostSuffixes: [".api.openai.com"] },
  {
    name: "azure.ai.openai",
    prices: "azure",
    aliases: ["azure", "azureopenai", "azureaiopenai"],
    hostSuffixes: [".openai.azure.com", ".cognitiveservices.azure.com", ".azure-api.net"],
  },
  {
    name: "azure.ai.inference",
    prices: "azure",
    aliases: ["azureai", "azureaiinference"],
    hostSuffixes: [".services.ai.azure.com"],
  },
  { name: "anthropic", prices: "anthropic", aliases: ["anthropicmessages"], host: "api.anthropic.com" },
  {
    name: "gcp.gemini",
    prices: "google",
    aliases: ["googlegenai", "googlegenerativeai", "gemini", "gcpgemini", "google"],
    host: "generativelanguage.googleapis.com",
  },
  {
    name: "gcp.vertex_ai",
    prices: "google",
    aliases: ["googlevertexai", "vertexai", "vertex", "googlevertexaiweb", "gcpvertexai"],
    hostSuffixes: ["aiplatform.googleapis.com"],
  },
  {
    name: "aws.bedrock",
    prices: "aws",
    aliases: ["bedrock", "amazonbedrock", "bedrockconverse", "awsbedrock"],
    hostSuffixes: [".amazonaws.com"],
  },
  { name: "mistral_ai", prices: "mistral", aliases: ["mistral", "mistralai"], host: "api.mistral.ai" },
  { name: "cohere", prices: "cohere", host: "api.cohere.com", hostSuffixes: [".cohere.ai"] },
  { name: "groq", prices: "groq", host: "api.groq.com" },
  { name: "deepseek", prices: "deepseek", host: "api.deepseek.com" },
  { name: "x_ai", prices: "x-ai", aliases: ["xai"], host: "api.x.ai" },
  { name: "perplexity", prices: "perplexity", host: "api.perplexity.ai" },
  { name: "ibm.watsonx.ai", aliases: ["watsonx", "watsonxai", "ibmwatsonxai"] },
  { name: "together", prices: "together", aliases: ["togetherai"], host: "api.together.xyz" },
  { name: "fireworks", prices: "fireworks", aliases: ["fireworksai"], host: "api.fireworks.ai" },
  { name: "openrouter", prices: "openrouter", host: "openrouter.ai" },
  { name: "cerebras", prices: "cerebras", host: "api.cerebras.ai" },
  {
    name: "moonshot_ai",
    prices: "moonshotai",
    aliases: ["moonshot", "moonshotai"],
    host: "api.moonshot.cn",
    hostSuffixes: ["api.moonshot.ai"],
  },
  { name: "zhipuai", prices: "zhipuai", host: "open.bigmodel.cn" },
  { name: "minimax", prices: "minimax", hostSuffixes: ["api.minimax.io", "api.minimaxi.com"] },
  { name: "voyageai", prices: "voyageai", aliases: ["voyage"], host: "api.voyageai.com" },
];

const BY_NAME = new Map<string, ProviderEntry>();
const BY_ALIAS = new Map<string, ProviderEntry>();
const BY_HOST = new Map<string, ProviderEntry>();
for (const entry of PROVIDERS) {
  BY_NAME.set(entry.name, entry);
  BY_ALIAS.set(plain(entry.name), entry);
  for (const alias of entry.aliases ?? []) BY_ALIAS.set(alias, entry);
  if (entry.host !== undefined) BY_HOST.set(entry.host, entry);
}

/**
 * The value of `gen_ai.provider.name`.
 *
 * @param client LangChain's `ls_provider` (`google_genai`), its class name (`ChatGoogleGenerativeAI`), or a name that
 * this function returned before. One it does not know passes through in lower case, at most 64 characters.
 * @param host Host of the base URL. OpenAI's client talks to many providers, so for it a known host decides.
 */
export function providerName(client: string | undefined, host?: string): string {
  const given = (client ?? "").trim();
  const entry = BY_NAME.get(given) ?? BY_ALIAS.get(plain(given));
  if (host !== undefined && (entry === undefined || entry.name === "openai")) {
    const byHost = providerAt(host);
    if (byHost !== undefined) return byHost.name;
  }
  return entry?.name ?? (given.slice(0, 64).toLowerCase() || "unknown");
}

/** The provider's id in the price table; `undefined` for one it does not list, as ollama. */
export function priceTableProvider(client: string): string | undefined {
  return BY_NAME.get(providerName(client))?.prices;
}

/** The host that answers when the app sets no base URL. */
export function defaultHost(provider: string): string | undefined {
  return BY_NAME.get(provider)?.host;
}

function providerAt(host: string): ProviderEntry | undefined {
  return (
    BY_HOST.get(host) ?? PROVIDERS.find((entry) => entry.hostSuffixes?.some((suffix) => host.endsWith(suffix)) ?? false)
  );
}

function plain(name: string): string {
  return name
    .slice(0, 64)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .replace(/chat|embeddings|llm/g, "");
}
