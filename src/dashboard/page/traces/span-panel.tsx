import { formatValue } from "../../../indicators/format-value.js";
import {
  ATTR_CACHE_HIT,
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
  ATTR_INPUT_MESSAGES,
  ATTR_OUTPUT_MESSAGES,
  ATTR_PROVIDER_NAME,
  ATTR_REQUEST_TEMPERATURE,
  ATTR_RESPONSE_FINISH_REASONS,
  ATTR_RESPONSE_TIME_TO_FIRST_CHUNK,
  ATTR_RETRIEVAL_DOCUMENTS,
  ATTR_RETRIEVAL_QUERY_TEXT,
  ATTR_SYSTEM_INSTRUCTIONS,
  ATTR_TOOL_CALL_ARGUMENTS,
  ATTR_TOOL_CALL_RESULT,
  ATTR_TOOL_DEFINITIONS,
  ATTR_USAGE_CACHE_READ_TOKENS,
  ATTR_USAGE_INPUT_TOKENS,
  ATTR_USAGE_MISSING,
  ATTR_USAGE_OUTPUT_TOKENS,
  ATTR_USAGE_REASONING_TOKENS,
} from "../../../instrument/semconv.js";
import type { Attributes, AttributeValue } from "../../../receive/telemetry-batch.js";
import type { ErrorRecord } from "../../../store/telemetry-store.js";
import type { SpanView } from "../../api/trace-view.js";
import { readable, retrievedDocuments, spanMessages } from "../../span-content.js";
import { CopyButton } from "../controls/copy-button.js";
import { LongText } from "../controls/long-text.js";
import { formatDuration } from "../format.js";
import { language, say } from "../language.js";
import { AttributeTable } from "./attribute-table.js";
import { Chat } from "./chat.js";
import { NotCaptured } from "./not-captured.js";
import { RetrievedDocuments } from "./retrieved-documents.js";
import { SPAN_TYPE_TEXT, spanCost, spanModel, spanType } from "./span-facts.js";
import type { WaterfallRow } from "./waterfall-rows.js";

/** Shown as messages, arguments and documents, so not once more among the attributes. */
const CONTENT: ReadonlySet<string> = new Set([
  ATTR_INPUT_MESSAGES,
  ATTR_OUTPUT_MESSAGES,
  ATTR_SYSTEM_INSTRUCTIONS,
  ATTR_TOOL_DEFINITIONS,
  ATTR_TOOL_CALL_ARGUMENTS,
  ATTR_TOOL_CALL_RESULT,
  ATTR_RETRIEVAL_DOCUMENTS,
  ATTR_RETRIEVAL_QUERY_TEXT,
]);

interface SpanPanelProps {
  row: WaterfallRow;
  resource: Attributes;
  errors: readonly ErrorRecord[];
}

export function SpanPanel({ row, resource, errors }: SpanPanelProps) {
  const { span } = row;
  const type = spanType(span);
  const rest = Object.fromEntries(Object.entries(span.attributes).filter(([name]) => !CONTENT.has(name)));
  return (
    <aside class="card panel" tabIndex={-1} aria-label={say({ en: "Span", zh: "Span 详情" })} data-type={type}>
      <h2>
        <i class="swatch" />
        {span.name}
        <small class="quiet">{say(SPAN_TYPE_TEXT[type])}</small>
        <CopyButton
          text={() => JSON.stringify({ ...span, resource }, null, 2)}
          label={{ en: "Copy as JSON", zh: "复制为 JSON" }}
        />
      </h2>
      <KeyFacts span={span} />
      <Oddities row={row} />
      <Failure span={span} errors={errors} />
      <Content span={span} />
      <Fold title={say({ en: "Attributes", zh: "属性" })} count={Object.keys(rest).length} open>
        <AttributeTable attributes={rest} />
      </Fold>
      {span.events.length > 0 && (
        <Fold title={say({ en: "Events", zh: "事件" })} count={span.events.length}>
          {span.events.map((event) => (
            <section key={`${event.time} ${event.name}`}>
              <h4>
                {event.name}{" "}
                <small class="quiet">+{formatDuration((Date.parse(event.time) - Date.parse(span.start)) / 1000)}</small>
              </h4>
              <AttributeTable attributes={event.attributes} />
            </section>
          ))}
        </Fold>
      )}
      <Fold title={say({ en: "Resource", zh: "资源" })} count={Object.keys(resource).length}>
        <AttributeTable attributes={resource} />
      </Fold>
    </aside>
  );
}

function KeyFacts({ span }: { span: SpanView }) {
  const { attributes } = span;
  const cost = spanCost(span);
  const model = spanModel(span);
  const seconds = attributes[ATTR_RESPONSE_TIME_TO_FIRST_CHUNK];
  const facts: [string, AttributeValue | undefined][] = [
    [say({ en: "Took", zh: "耗时" }), formatDuration(span.duration)],
    [
      say({ en: "First token after", zh: "首字时间" }),
      typeof seconds === "number" ? formatDuration(seconds) : undefined,
    ],
    [say({ en: "Model", zh: "模型" }), model],
    [say({ en: "Provider", zh: "提供方" }), attributes[ATTR_PROVIDER_NAME]],
    [say({ en: "Input tokens", zh: "输入 token" }), attributes[ATTR_USAGE_INPUT_TOKENS]],
    [say({ en: "of them cached", zh: "其中缓存" }), attributes[ATTR_USAGE_CACHE_READ_TOKENS]],
    [say({ en: "Output tokens", zh: "输出 token" }), attributes[ATTR_USAGE_OUTPUT_TOKENS]],
    [say({ en: "of them reasoning", zh: "其中推理" }), attributes[ATTR_USAGE_REASONING_TOKENS]],
    [
      say({ en: "Cost", zh: "成本" }),
      cost === undefined ? undefined : formatValue({ unit: "USD" }, cost, language.value),
    ],
    [say({ en: "Finish reason", zh: "结束原因" }), listText(attributes[ATTR_RESPONSE_FINISH_REASONS])],
    [say({ en: "Temperature", zh: "温度" }), attributes[ATTR_REQUEST_TEMPERATURE]],
  ];
  return (
    <>
      <dl class="key-facts">
        {facts.map(
          ([label, value]) =>
            value !== undefined && (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{String(value)}</dd>
              </div>
            ),
        )}
      </dl>
      {attributes[ATTR_CACHE_HIT] === true && (
        <p class="notice">
          {say({
            en: "Answered from LangChain's cache: no tokens, no cost.",
            zh: "由 LangChain 缓存应答：无 token、无成本。",
          })}
        </p>
      )}
      {attributes[ATTR_USAGE_MISSING] !== undefined && (
        <p class="notice">
          {say({
            en: "The provider sent no token counts for this stream. Turn them on: ",
            zh: "提供方没有为该流式调用返回 token 数。请开启：",
          })}
          <code>streamUsage: true</code>
        </p>
      )}
    </>
  );
}

/** What is odd about its place, which only its sender can mend. */
function Oddities({ row }: { row: WaterfallRow }) {
  return (
    <>
      {row.orphan && (
        <p class="notice">
          {say({ en: "Its parent has not arrived: ", zh: "其父 span 尚未到达：" })}
          <code>{row.span.parent_span_id}</code>
        </p>
      )}
      {row.early > 0 && (
        <p class="notice">
          {say({
            en: `It starts ${formatDuration(row.early)} before its parent: the clocks of the two differ by at least that.`,
            zh: `早于父 span ${formatDuration(row.early)} 开始：两者的时钟至少相差这么多。`,
          })}
        </p>
      )}
    </>
  );
}

function listText(value: AttributeValue | undefined): AttributeValue | undefined {
  return Array.isArray(value) ? value.join(", ") : value;
}

function Failure({ span, errors }: { span: SpanView; errors: readonly ErrorRecord[] }) {
  if (span.status !== "error" && errors.length === 0) return null;
  const exceptions = span.events
    .filter((event) => event.name === "exception")
    .map((event) => exception(event.attributes));
  const told =
    errors.length > 0
      ? errors.map((error) => ({ type: error.exception_type, message: error.message, stack: error.stack }))
      : exceptions;
  const [first] = told;
  return (
    <section class="failure">
      <h3>{first?.type || String(span.attributes["error.type"] ?? say({ en: "Error", zh: "错误" }))}</h3>
      <p>{first?.message || span.status_message}</p>
      {first?.stack && (
        <details>
          <summary>{say({ en: "Stack", zh: "调用栈" })}</summary>
          <pre>{first.stack}</pre>
        </details>
      )}
    </section>
  );
}

function exception(attributes: Attributes): { type: string; message: string; stack: string | undefined } {
  const text = (name: string): string => String(attributes[name] ?? "");
  return {
    type: text(ATTR_EXCEPTION_TYPE),
    message: text(ATTR_EXCEPTION_MESSAGE),
    stack: text(ATTR_EXCEPTION_STACKTRACE) || undefined,
  };
}

function Content({ span }: { span: SpanView }) {
  const { attributes } = span;
  const type = spanType(span);
  const messages = spanMessages(attributes);
  const documents = retrievedDocuments(attributes);
  const query = attributes[ATTR_RETRIEVAL_QUERY_TEXT];
  const tool = { arguments: attributes[ATTR_TOOL_CALL_ARGUMENTS], result: attributes[ATTR_TOOL_CALL_RESULT] };
  const captured = messages ?? documents ?? query ?? tool.arguments ?? tool.result;
  if (captured === undefined) {
    return type === "model" || type === "tool" || type === "retrieval" ? <NotCaptured /> : null;
  }
  return (
    <>
      {messages && <Chat messages={messages} />}
      {query !== undefined && (
        <section>
          <h3>{say({ en: "Query", zh: "查询" })}</h3>
          <p class="said">
            <LongText text={readable(query)} />
          </p>
        </section>
      )}
      {documents && <RetrievedDocuments documents={documents} />}
      {tool.arguments !== undefined && <Data title={say({ en: "Arguments", zh: "参数" })} value={tool.arguments} />}
      {tool.result !== undefined && <Data title={say({ en: "Result", zh: "结果" })} value={tool.result} />}
      {attributes[ATTR_TOOL_DEFINITIONS] !== undefined && (
        <Data title={say({ en: "Tools offered", zh: "可用工具" })} value={attributes[ATTR_TOOL_DEFINITIONS]} />
      )}
    </>
  );
}

/** What is short is read at once. */
const OPEN_CHARACTERS = 400;

function Data({ title, value }: { title: string; value: AttributeValue | undefined }) {
  const text = readable(value);
  return (
    <Fold title={title} open={text.length <= OPEN_CHARACTERS}>
      <pre>
        <LongText text={text} />
      </pre>
    </Fold>
  );
}

interface FoldProps {
  title: string;
  count?: number;
  open?: boolean;
  children: preact.ComponentChildren;
}

function Fold({ title, count, open, children }: FoldProps) {
  return (
    <details open={open}>
      <summary>
        {title}
        {count !== undefined && <small class="quiet"> {count}</small>}
      </summary>
      {children}
    </details>
  );
}
