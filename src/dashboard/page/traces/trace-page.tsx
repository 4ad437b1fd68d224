import { useEffect, useMemo, useRef } from "preact/hooks";
import { formatValue } from "../../../indicators/format-value.js";
import type { RequestRecord } from "../../../store/request-record.js";
import type { SpanView, TraceView } from "../../api/trace-view.js";
import { CopyButton } from "../controls/copy-button.js";
import { formatCount, formatDuration, formatTime } from "../format.js";
import { language, say } from "../language.js";
import { OutcomeBadge } from "../outcome-badge.js";
import { choose, chosen } from "../route.js";
import { useLive } from "../use-live.js";
import { useNarrow } from "../use-narrow.js";
import { ConversationLink } from "./conversation-link.js";
import { spanConversation, spanType } from "./span-facts.js";
import { SpanPanel } from "./span-panel.js";
import { listAddress } from "./trace-list-page.js";
import { Waterfall } from "./waterfall.js";
import { waterfallRows } from "./waterfall-rows.js";

interface TracePageProps {
  traceId: string;
  jaegerUrl: string | undefined;
}

export function TracePage({ traceId, jaegerUrl }: TracePageProps) {
  const { data: trace, failure, status } = useLive<TraceView>(`/api/traces/${traceId}`, ["traces"], undefined, isOver);
  const spanId = chosen("span");
  const waterfall = useMemo(() => waterfallRows(trace?.spans ?? []), [trace]);
  const telling = useMemo(() => trace && mostTelling(trace)?.span_id, [trace]);
  const root = waterfall.rows.find(({ span }) => span.parent_span_id === undefined) ?? waterfall.rows[0];
  const selected = waterfall.rows[waterfall.indexOf.get(spanId ?? telling ?? "") ?? -1] ?? root;
  const body = useRef<HTMLDivElement>(null);
  const narrow = useNarrow();

  function select(id: string, open: boolean): void {
    choose("span", id);
    // On a phone the span stands below all spans, where a click would seem to do nothing.
    if (!open && !narrow) return;
    requestAnimationFrame(() => {
      const panel = body.current?.querySelector<HTMLElement>(".panel");
      panel?.focus({ preventScroll: true });
      panel?.scrollIntoView({ block: narrow ? "start" : "nearest" });
    });
  }

  /** Back to the spans from the one that was opened. */
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Escape") body.current?.querySelector<HTMLElement>(".tree")?.focus();
  }

  if (!trace) {
    return (
      <div class="notice" role={failure ? "alert" : undefined}>
        <p>{failure ?? say({ en: "Loading…", zh: "加载中…" })}</p>
        {status !== undefined && <a href="/traces">{say({ en: "All traces", zh: "全部链路" })}</a>}
      </div>
    );
  }
  return (
    <>
      <TraceHead trace={trace} root={root?.span} jaegerUrl={jaegerUrl} />
      {trace.spans.length === 0 ? (
        <p class="notice">
          {say({
            en: "This request was not sampled: its figures are kept, its spans are not.",
            zh: "该请求未被采样：保留了指标数据，但没有 span。",
          })}
        </p>
      ) : (
        // biome-ignore lint/a11y/noStaticElementInteractions: the keys are a short cut for what Tab does as well
        <div class="trace-body" ref={body} onKeyDown={onKeyDown}>
          <Waterfall waterfall={waterfall} selectedId={selected?.span.span_id} onSelect={select} />
          {selected && (
            <SpanPanel
              key={selected.span.span_id}
              row={selected}
              resource={trace.resources[selected.span.resource] ?? {}}
              errors={trace.errors.filter((error) => error.span_id === selected.span.span_id)}
            />
          )}
        </div>
      )}
    </>
  );
}

/** Spans may still come for a while after the newest one ended; by the clock of their sender. */
const LATEST_SPAN_MS = 600_000;

function isOver({ spans }: TraceView): boolean {
  const endUs = spans.reduce((last, span) => Math.max(last, span.start_us + span.duration * 1e6), 0);
  return spans.length > 0 && endUs / 1000 < Date.now() - LATEST_SPAN_MS;
}

/** What a reader most likely came for: the deepest failure, else the first model call. */
function mostTelling({ spans }: TraceView): SpanView | undefined {
  const failed = spans.filter((span) => span.status === "error");
  const parents = new Set(failed.map((span) => span.parent_span_id));
  return failed.find((span) => !parents.has(span.span_id)) ?? spans.find((span) => spanType(span) === "model");
}

interface TraceHeadProps {
  trace: TraceView;
  /** Or what stands in its place while it has not arrived. */
  root: SpanView | undefined;
  jaegerUrl: string | undefined;
}

function conversationOf({ requests, spans }: TraceView): string | undefined {
  const named = requests.find((request) => request.conversation_id !== undefined)?.conversation_id;
  const span = named === undefined ? spans.find((each) => spanConversation(each) !== undefined) : undefined;
  return named ?? (span && spanConversation(span));
}

function TraceHead({ trace, root, jaegerUrl }: TraceHeadProps) {
  const name = root?.name ?? trace.requests[0]?.type ?? trace.trace_id;
  const conversation = useMemo(() => conversationOf(trace), [trace]);
  useEffect(() => {
    document.querySelector("h1")?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <section class="trace-head">
      <a href={listAddress.value} class="back">
        ← {say({ en: "Traces", zh: "链路" })}
      </a>
      <h1>{name}</h1>
      <p class="facts">
        {root && <Fact label={say({ en: "Service", zh: "服务" })}>{root.service}</Fact>}
        {root && <Fact label={say({ en: "Started", zh: "开始" })}>{formatTime(root.start, language.value)}</Fact>}
        {root && <Fact label={say({ en: "Took", zh: "耗时" })}>{formatDuration(root.duration)}</Fact>}
        <span class="fact">
          <span class="quiet">{say({ en: "Trace", zh: "链路 ID" })}</span> <code>{trace.trace_id}</code>
          <CopyButton text={trace.trace_id} />
        </span>
        {conversation !== undefined && <ConversationLink id={conversation} />}
        {jaegerUrl !== undefined && trace.spans.length > 0 && (
          <a href={`${jaegerUrl}/trace/${trace.trace_id}`} target="_blank" rel="noopener">
            {say({ en: "Open in Jaeger", zh: "在 Jaeger 中打开" })}
          </a>
        )}
        <CopyButton text={() => JSON.stringify(trace, null, 2)} label={{ en: "Copy as JSON", zh: "复制为 JSON" }} />
        <a href={`/api/traces/${trace.trace_id}`} download={`trace-${trace.trace_id}.json`}>
          {say({ en: "Download JSON", zh: "下载 JSON" })}
        </a>
      </p>
      {root?.parent_span_id !== undefined && (
        <p class="notice">
          {say({
            en: "The root span has not arrived: it is still running, was dropped, or comes from a service that sends elsewhere.",
            zh: "根 span 尚未到达：仍在运行、已被丢弃，或来自把数据发往别处的服务。",
          })}
        </p>
      )}
      {trace.requests.map((request) => (
        <RequestFacts key={request.request_id} request={request} />
      ))}
    </section>
  );
}

function RequestFacts({ request }: { request: RequestRecord }) {
  return (
    <p class="facts">
      <OutcomeBadge outcome={request.outcome} />
      <Fact label={say({ en: "Type", zh: "类型" })}>{request.type}</Fact>
      {request.user_id && (
        <Fact label={say({ en: "User", zh: "用户" })}>
          <a href={`/traces?user=${encodeURIComponent(request.user_id)}`}>{request.user_id}</a>
        </Fact>
      )}
      {request.session_id && <Fact label={say({ en: "Session", zh: "会话" })}>{request.session_id}</Fact>}
      {request.tenant && <Fact label={say({ en: "Tenant", zh: "租户" })}>{request.tenant}</Fact>}
      {request.release && <Fact label={say({ en: "Release", zh: "版本" })}>{request.release}</Fact>}
      <Fact label={say({ en: "Model calls", zh: "模型调用" })}>{request.llm_calls}</Fact>
      <Fact label={say({ en: "Tokens", zh: "Token" })}>
        {formatCount(request.tokens.input)} + {formatCount(request.tokens.output)}
      </Fact>
      <Fact label={say({ en: "Cost", zh: "成本" })}>
        {request.cost_usd === undefined ? "–" : formatValue({ unit: "USD" }, request.cost_usd, language.value)}
      </Fact>
      {request.unpriced_calls !== undefined && request.unpriced_calls > 0 && (
        <Fact label={say({ en: "Calls without a known price", zh: "价格未知的调用" })}>{request.unpriced_calls}</Fact>
      )}
    </p>
  );
}

function Fact({ label, children }: { label: string; children: preact.ComponentChildren }) {
  return (
    <span class="fact">
      <span class="quiet">{label}</span> {children}
    </span>
  );
}
