import { Content } from "./bounded-json.js";
import { isList, items, property, stringProperty } from "./property.js";

/** One part of a message in OpenTelemetry's GenAI JSON: `type` says which. Texts are marked as {@link Content}. */
export type MessagePart = { readonly type: string } & Readonly<Record<string, unknown>>;

/** A text part. */
export function textPart(text: string): MessagePart {
  return { type: "text", content: new Content(text) };
}

/**
 * The parts of a message's `content`.
 *
 * @param content A string or the blocks of any provider: LangChain's own (v0 and v1), OpenAI's, Anthropic's, Google's.
 * Media is named but its bytes are left out.
 */
export function contentParts(content: unknown): MessagePart[] {
  if (typeof content === "string") return content === "" ? [] : [textPart(content)];
  return items(content).flatMap(blockParts);
}

function blockParts(block: unknown): MessagePart[] {
  if (typeof block === "string") return block === "" ? [] : [textPart(block)];
  if (block === null || typeof block !== "object") return [];
  const type = stringProperty(block, "type") ?? "unknown";
  switch (type) {
    case "text":
    case "text_delta":
    case "input_text":
    case "output_text":
    case "text-plain": {
      const text = property(block, "text");
      return typeof text === "string" && text !== "" ? [textPart(text)] : [];
    }
    case "refusal":
      return [{ type, content: new Content(property(block, "refusal")) }];
    case "reasoning":
    case "thinking":
    case "redacted_thinking":
      return reasoningParts(block);
    case "tool_use":
    case "tool_call":
      return [toolCallPart(block, property(block, "args") ?? property(block, "input"))];
    case "tool_result":
      return [toolResponsePart(stringProperty(block, "tool_use_id"), property(block, "content"))];
    case "server_tool_use":
    case "server_tool_call":
      return [serverToolCall(block)];
    case "image_url":
    case "input_image":
    case "image":
      return [mediaPart("image", block)];
    case "input_audio":
    case "audio":
      return [mediaPart("audio", block)];
    case "video":
      return [mediaPart("video", block)];
    case "document":
    case "file":
    case "input_file":
    case "media":
      return [mediaPart("document", block)];
    default:
      if (type.endsWith("tool_result") || type === "server_tool_call_result") return [serverToolResponse(block)];
      return [{ type, content: new Content(block) }];
  }
}

/** The model's reasoning in the shapes of LangChain, Anthropic and OpenAI; nothing when it is encrypted or empty. */
export function reasoningParts(source: unknown): MessagePart[] {
  const direct = stringProperty(source, "reasoning") ?? stringProperty(source, "thinking");
  const text =
    direct ??
    items(property(source, "summary"))
      .map((line) => stringProperty(line, "text") ?? "")
      .join("\n");
  return text === "" ? [] : [{ type: "reasoning", content: new Content(text) }];
}

/** A tool call that the model asks for. Arguments that are still JSON text are read. */
export function toolCallPart(call: unknown, args: unknown): MessagePart {
  const id = stringProperty(call, "id");
  return {
    type: "tool_call",
    ...(id === undefined ? {} : { id }),
    name: stringProperty(call, "name") ?? "unknown",
    arguments: new Content(parsed(args)),
  };
}

/** What a tool answered. */
export function toolResponsePart(id: string | undefined, response: unknown): MessagePart {
  return {
    type: "tool_call_response",
    ...(id === undefined ? {} : { id }),
    response: new Content(plainText(response)),
  };
}

function serverToolCall(block: unknown): MessagePart {
  const id = stringProperty(block, "id");
  const name = stringProperty(block, "name") ?? "unknown";
  const args = property(block, "args") ?? property(block, "input");
  return {
    type: "server_tool_call",
    ...(id === undefined ? {} : { id }),
    name,
    server_tool_call: { type: name, arguments: new Content(parsed(args)) },
  };
}

function serverToolResponse(block: unknown): MessagePart {
  const id = stringProperty(block, "tool_use_id") ?? stringProperty(block, "toolCallId");
  return {
    type: "server_tool_call_response",
    ...(id === undefined ? {} : { id }),
    server_tool_call_response: {
      type: stringProperty(block, "type") ?? "unknown",
      output: new Content(property(block, "content") ?? property(block, "output")),
    },
  };
}

/** A list of only text blocks says the same as its text. */
function plainText(content: unknown): unknown {
  if (!isList(content)) return content;
  const blocks = items(content);
  const texts = blocks.map((block) =>
    property(block, "type") === "text" ? property(block, "text") : typeof block === "string" ? block : undefined,
  );
  if (texts.length > 0 && texts.every((text) => typeof text === "string")) return texts.join("\n");
  return blocks.map((block) => blockParts(block)[0] ?? block);
}

const LONGEST_ARGUMENTS = 1_000_000;

function parsed(args: unknown): unknown {
  if (typeof args !== "string" || args.length > LONGEST_ARGUMENTS) return args;
  try {
    return JSON.parse(args);
  } catch {
    return args;
  }
}

/** Where a block may say what it holds: itself, or one of these inside it. */
const INNER = ["source", "image_url", "input_audio", "file", "audio"] as const;

function mediaPart(modality: string, block: unknown): MessagePart {
  const sources = [block, ...INNER.map((name) => property(block, name))];
  const first = (...keys: readonly string[]): string | undefined => {
    for (const source of sources) {
      for (const key of keys) {
        const value = stringProperty(source, key);
        if (value !== undefined) return value;
      }
    }
    return undefined;
  };
  const direct = property(block, "image_url");
  const url = typeof direct === "string" ? direct : first("url", "fileUri", "file_url");
  const isData = url?.startsWith("data:") === true;
  const format = first("format");
  const mime =
    first("mime_type", "mimeType", "media_type") ??
    (isData ? /^data:([\w.+-]+\/[\w.+-]+)/.exec(url.slice(0, 100))?.[1] : undefined) ??
    (format === undefined ? undefined : `${modality}/${format}`);
  const kind = { modality: modalityOf(mime) ?? modality, ...(mime === undefined ? {} : { mime_type: mime }) };
  if (url !== undefined && !isData) return { type: "uri", ...kind, uri: new Content(url) };
  const fileId = first("file_id", "fileId");
  if (fileId !== undefined) return { type: "file", ...kind, file_id: fileId };
  const data = isData ? url.slice(url.indexOf(",") + 1) : first("data", "file_data");
  const text = first("text");
  if (data === undefined && text !== undefined) return textPart(text);
  return { type: "blob", ...kind, content: "", left_out_chars: data?.length ?? 0 };
}

function modalityOf(mime: string | undefined): string | undefined {
  const family = mime?.split("/", 1)[0];
  return family === "image" || family === "audio" || family === "video" ? family : undefined;
}
