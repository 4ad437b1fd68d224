import { items, numberProperty, property, stringProperty } from "./property.js";
import { defaultHost, providerName } from "./provider.js";
import {
  ATTR_REQUEST_CHOICE_COUNT,
  ATTR_REQUEST_FREQUENCY_PENALTY,
  ATTR_REQUEST_MAX_TOKENS,
  ATTR_REQUEST_PRESENCE_PENALTY,
  ATTR_REQUEST_SEED,
  ATTR_REQUEST_STOP_SEQUENCES,
  ATTR_REQUEST_STREAM,
  ATTR_REQUEST_TEMPERATURE,
  ATTR_REQUEST_TOP_P,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from "./semconv.js";

/** What LangChain says when a model call starts. */
export interface ModelStart {
  /** First argument of `handleChatModelStart` and `handleLLMStart`: the model, serialized. */
  readonly serialized: unknown;
  /** Fifth argument: `{ invocation_params }`. */
  readonly extraParams: unknown;
  /** Seventh argument: `ls_provider`, `ls_model_name`, … */
  readonly metadata: unknown;
}

/** What is asked of a model, as span attributes. */
export interface RequestParameters {
  /** Value of `gen_ai.provider.name`. */
  readonly provider: string;
  /** Value of `gen_ai.request.model`; `unknown` when LangChain does not say. */
  readonly model: string;
  /** `gen_ai.request.*`, `server.address` and `server.port`; nothing that is a secret or prompt text. */
  readonly attributes: Record<string, string | number | boolean | string[]>;
}

/** @param env Where OpenAI's client looks for a base URL that the app does not pass. */
export function requestParametersOf(
  start: ModelStart,
  env: Readonly<Record<string, string | undefined>> = process.env,
): RequestParameters {
  const { metadata } = start;
  const params = property(start.extraParams, "invocation_params");
  const kwargs = property(start.serialized, "kwargs");
  const client = stringProperty(metadata, "ls_provider") ?? className(start.serialized);
  const given = givenServer(kwargs, providerName(client), env);
  const provider = providerName(client, given?.address);
  const server = given ?? defaultServer(provider);
  const attributes: RequestParameters["attributes"] = {};
  for (const [attribute, names] of NUMBERS) {
    const value = firstNumber(names, params, kwargs, metadata);
    if (value !== undefined) attributes[attribute] = value;
  }
  const stop = stopSequences(params) ?? stopSequences(metadata, "ls_stop");
  if (stop !== undefined) attributes[ATTR_REQUEST_STOP_SEQUENCES] = stop;
  // ChatOpenAI's stream() still says `stream: false` here, so only a yes is believed.
  if (property(params, "stream") === true) attributes[ATTR_REQUEST_STREAM] = true;
  if (server !== undefined) {
    attributes[ATTR_SERVER_ADDRESS] = server.address;
    attributes[ATTR_SERVER_PORT] = server.port;
  }
  return { provider, model: modelName(metadata, params, kwargs), attributes };
}

/** Names in LangChain's parameters, the provider's own first. */
const NUMBERS: readonly (readonly [attribute: string, names: readonly string[]])[] = [
  [ATTR_REQUEST_TEMPERATURE, ["temperature", "ls_temperature"]],
  [ATTR_REQUEST_TOP_P, ["top_p", "topP"]],
  [
    ATTR_REQUEST_MAX_TOKENS,
    [
      "max_tokens",
      "max_completion_tokens",
      "max_output_tokens",
      "maxOutputTokens",
      "maxTokens",
      "num_predict",
      "ls_max_tokens",
    ],
  ],
  [ATTR_REQUEST_SEED, ["seed"]],
  [ATTR_REQUEST_FREQUENCY_PENALTY, ["frequency_penalty", "frequencyPenalty"]],
  [ATTR_REQUEST_PRESENCE_PENALTY, ["presence_penalty", "presencePenalty"]],
  [ATTR_REQUEST_CHOICE_COUNT, ["n"]],
];

function firstNumber(names: readonly string[], ...sources: readonly unknown[]): number | undefined {
  for (const source of sources) {
    if (source === undefined) continue;
    for (const name of names) {
      const value = numberProperty(source, name);
      if (value !== undefined) return value;
    }
  }
  return undefined;
}

function stopSequences(source: unknown, ...names: readonly string[]): string[] | undefined {
  for (const name of names.length > 0 ? names : ["stop", "stop_sequences", "stopSequences"]) {
    const value = property(source, name);
    const sequences = (typeof value === "string" ? [value] : items(value, 16)).filter(
      (item): item is string => typeof item === "string",
    );
    if (sequences.length > 0) return sequences;
  }
  return undefined;
}

function modelName(metadata: unknown, params: unknown, kwargs: unknown): string {
  const named = stringProperty(metadata, "ls_model_name");
  if (named !== undefined) return named;
  for (const source of [params, kwargs]) {
    for (const key of ["model", "model_name", "modelName", "model_id", "modelId", "deployment_name"]) {
      const value = stringProperty(source, key);
      if (value !== undefined) return value;
    }
  }
  return "unknown";
}

function className(serialized: unknown): string | undefined {
  const last = items(property(serialized, "id")).at(-1);
  return typeof last === "string" ? last : undefined;
}

interface Server {
  readonly address: string;
  readonly port: number;
}

const URL_NAMES = ["base_url", "openai_api_base", "azure_endpoint", "anthropic_api_url", "api_url", "endpoint"];

function givenServer(
  kwargs: unknown,
  provider: string,
  env: Readonly<Record<string, string | undefined>>,
): Server | undefined {
  const configured =
    stringProperty(property(kwargs, "configuration"), "baseURL") ??
    URL_NAMES.map((name) => stringProperty(kwargs, name)).find((url) => url !== undefined);
  if (configured !== undefined) return serverOf(configured);
  const instance = stringProperty(kwargs, "azure_open_ai_api_instance_name");
  if (instance !== undefined) return serverOf(`https://${instance}.openai.azure.com`);
  const fromEnv = provider === "openai" ? env.OPENAI_API_BASE || env.OPENAI_BASE_URL : undefined;
  return fromEnv === undefined ? undefined : serverOf(fromEnv);
}

function defaultServer(provider: string): Server | undefined {
  const host = defaultHost(provider);
  return host === undefined ? undefined : { address: host, port: 443 };
}

/** Parsing a URL takes microseconds and an app has few of them. */
const servers = new Map<string, Server | undefined>();
const MOST_SERVERS = 100;

/** Host and port only: a base URL may carry a user name, a password or a token. */
function serverOf(url: string): Server | undefined {
  if (servers.has(url)) return servers.get(url);
  let server: Server | undefined;
  try {
    const { hostname, port, protocol } = new URL(url);
    if (hostname !== "") {
      server = {
        address: hostname.replace(/^\[|\]$/g, ""),
        port: port === "" ? (protocol === "http:" ? 80 : 443) : Number(port),
      };
    }
  } catch {
    server = undefined;
  }
  if (servers.size >= MOST_SERVERS) servers.clear();
  servers.set(url, server);
  return server;
}
