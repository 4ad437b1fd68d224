import { useEffect } from "preact/hooks";
import { formatValue } from "../../indicators/format-value.js";
import type { RequestRecord } from "../../store/request-record.js";
import type { SpanView, TraceView } from "../api/trace-view.js";
import { CopyButton } from "./copy-button.js";
import { formatCount, formatDuration, formatTime } from "./format.js";
import { language, say } from "./language.js";
import { OutcomeBadge } from "./outcome-badge.js";
import { goTo, search } from "./route.js";
import { spanType } from "./span-facts.js";
import { SpanPanel } from "./span-panel.js";
import { useLive } from "./use-live.js";
import { Waterfall } from "./waterfall.js";

interface TracePageProps {
  traceId: string;
  jaegerUrl: string | undefined;
}

export function TracePage({ traceId, jaegerUrl }: TracePageProps) {
  const { data: trace, failure, status } = useLive<TraceView>(`/api/traces/${traceId}`, ["traces"]);
  const chosen = new URLSearchParams(search.value).get("span");
  const selected = trace && (trace.spans.find((span) => span.span_id === chosen) ?? mostTelling(trace));

  function select(spanId: string): void {
    goTo(`/traces/${traceId}?span=${spanId}`, { replace: true });
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
      <TraceHead trace={trace} jaegerUrl={jaegerUrl} />
      {trace.spans.length === 0 ? (
        <p class="notice">
          {say({
            en: "This request was not sampled: its figures are kept, its spans are not.",
            zh: "该请求未被采样：保留了指标数据，但没有 span。",
          })}
        </p>
      ) : (
        <div class="trace-body">
          <Waterfall spans={trace.spans} selectedId={selected?.span_id} onSelect={select} />
          {selected && (
            <SpanPanel
              key={selected.span_id}
              span={selected}
              errors={trace.errors.filter((error) => error.span_id === selected.span_id)}
            />
          )}
        </div>
      )}
    </>
  );
}

/** What a reader most likely came for: the deepest failure, else the first model call, else the root. */
function mostTelling({ spans }: TraceView): SpanView | undefined {
  const failed = spans.filter((span) => span.status === "error");
  const parents = new Set(failed.map((span) => span.parent_span_id));
  return (
    failed.find((span) => !parents.has(span.span_id)) ??
    spans.find((span) => spanType(span) === "model") ??
    spans.find((span) => span.parent_span_id === undefined) ??
    spans[0]
  );
}

function TraceHead({ trace, jaegerUrl }: { trace: TraceView; jaegerUrl: string | undefined }) {
  const root = trace.spans.find((span) => span.parent_span_id === undefined) ?? trace.spans[0];
  const name = root?.name ?? trace.requests[0]?.type ?? trace.trace_id;
  useEffect(() => {
    document.querySelector("h1")?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <section class="trace-head">
      <a href="/traces" class="back">
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
        {jaegerUrl !== undefined && trace.spans.length > 0 && (
          <a href={`${jaegerUrl}/trace/${trace.trace_id}`} target="_blank" rel="noopener">
            {say({ en: "Open in Jaeger", zh: "在 Jaeger 中打开" })}
          </a>
        )}
      </p>
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
