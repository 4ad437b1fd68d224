import type { SpanRow } from "../../receive/telemetry-batch.js";
import type { TelemetryStore, TraceSummary } from "../../store/telemetry-store.js";
import { type Message, spanMessages } from "../span-content.js";
import type { TurnFilter } from "./filter.js";

/** One request of a conversation, with what was said in it where that was captured. */
export interface Turn {
  trace: TraceSummary;
  /** What the user said last before the model's first answer; at most 2,000 characters. */
  question?: string;
  /** What the model said last; at most 2,000 characters. */
  answer?: string;
}

/** The answer of `/api/conversations/:id`. */
export interface ConversationView {
  conversation_id: string;
  /** In the order of time. */
  turns: Turn[];
}

const DEFAULT_TURNS = 20;
const LONGEST_TEXT = 2_000;

/** The newest turns that the filter leaves; with `after`, those before that trace. */
export async function conversationView(
  store: Pick<TelemetryStore, "traces" | "trace">,
  conversation: string,
  filter: TurnFilter,
): Promise<ConversationView> {
  const newestFirst = await store.traces({ limit: DEFAULT_TURNS, ...filter, conversation, sort: "newest" });
  const turns: Turn[] = [];
  for (const trace of newestFirst.toReversed()) turns.push({ trace, ...said(await store.trace(trace.trace_id)) });
  return { conversation_id: conversation, turns };
}

function said(spans: readonly SpanRow[]): Pick<Turn, "question" | "answer"> {
  const spoken = spans.map((span) => ({ span, messages: spanMessages(span.attributes) ?? [] }));
  // Spans come by start, so the outermost that has the question is the first; the one that ends last has the answer.
  const question = first(spoken, ({ messages }) =>
    lastText(messages, (message) => message.direction === "input" && message.role === "user"),
  );
  const byEnd = spoken.toSorted((a, b) => b.span.endTimeUs - a.span.endTimeUs);
  const answer = first(byEnd, ({ messages }) => lastText(messages, (message) => message.direction === "output"));
  return { ...(question !== undefined && { question }), ...(answer !== undefined && { answer }) };
}

function first<T>(from: readonly T[], read: (item: T) => string | undefined): string | undefined {
  for (const item of from) {
    const found = read(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function lastText(messages: readonly Message[], wanted: (message: Message) => boolean): string | undefined {
  for (const message of messages.toReversed()) {
    if (!wanted(message)) continue;
    const text = onlyText(message.parts.flatMap((part) => (part.type === "text" ? part.content : [])).join("\n"));
    if (text !== "") return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
  }
  return undefined;
}

/** The input of a chain is often an object around one text: `{"question":"…"}`. */
function onlyText(text: string): string {
  if (!text.startsWith("{")) return text;
  try {
    const [only, ...others] = Object.values(JSON.parse(text) as object);
    return typeof only === "string" && others.length === 0 ? only : text;
  } catch {
    return text;
  }
}
