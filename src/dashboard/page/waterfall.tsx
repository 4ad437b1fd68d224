import { useState } from "preact/hooks";
import { formatValue } from "../../indicators/format-value.js";
import type { SpanView } from "../api/trace-view.js";
import { formatCount, formatDuration } from "./format.js";
import { language, say } from "./language.js";
import { SPAN_TYPE_TEXT, spanCost, spanTokens, spanType } from "./span-facts.js";
import { type WaterfallRow, waterfallRows } from "./waterfall-rows.js";

/** More rows at once make the page slow; the rest is one click away. */
const FIRST_ROWS = 500;
const DEEPEST_INDENT = 16;

interface WaterfallProps {
  spans: readonly SpanView[];
  selectedId: string | undefined;
  onSelect(spanId: string): void;
}

export function Waterfall({ spans, selectedId, onSelect }: WaterfallProps) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [all, setAll] = useState(false);
  const { rows, length } = waterfallRows(spans, folded);
  const shown = all ? rows : rows.slice(0, FIRST_ROWS);

  function toggle(spanId: string): void {
    const next = new Set(folded);
    if (!next.delete(spanId)) next.add(spanId);
    setFolded(next);
  }

  return (
    <section class="card waterfall" aria-label={say({ en: "Spans", zh: "Span 列表" })}>
      <div class="waterfall-head" aria-hidden="true">
        <span>
          {spans.length} {say({ en: spans.length === 1 ? "span" : "spans", zh: "个 span" })}
        </span>
        <span class="scale">
          {[0, 0.25, 0.5, 0.75].map((part) => (
            <span key={part} style={{ left: `${part * 100}%` }}>
              {formatDuration(length * part)}
            </span>
          ))}
        </span>
      </div>
      <ul onKeyDown={moveFocus}>
        {shown.map((row) => (
          <Row
            key={row.span.span_id}
            row={row}
            length={length}
            selected={row.span.span_id === selectedId}
            folded={folded.has(row.span.span_id)}
            onSelect={onSelect}
            onToggle={toggle}
          />
        ))}
      </ul>
      {shown.length < rows.length && (
        <button type="button" class="plain" onClick={() => setAll(true)}>
          {say({ en: `Show all ${rows.length} spans`, zh: `显示全部 ${rows.length} 个 span` })}
        </button>
      )}
    </section>
  );
}

interface RowProps {
  row: WaterfallRow;
  length: number;
  selected: boolean;
  folded: boolean;
  onSelect(spanId: string): void;
  onToggle(spanId: string): void;
}

function Row({ row, length, selected, folded, onSelect, onToggle }: RowProps) {
  const { span, depth, descendants } = row;
  const type = spanType(span);
  const failed = span.status === "error";
  const left = (row.offset / length) * 100;
  const width = Math.min((span.duration / length) * 100, 100 - left);
  return (
    <li class={selected ? "selected" : undefined} data-type={type}>
      <span class="indent" style={{ width: `${Math.min(depth, DEEPEST_INDENT) * 14}px` }} />
      {descendants > 0 ? (
        <button
          type="button"
          class="fold"
          aria-expanded={!folded}
          aria-label={say({ en: `${descendants} spans under it`, zh: `其下 ${descendants} 个 span` })}
          onClick={() => onToggle(span.span_id)}
        >
          {folded ? "▸" : "▾"}
        </button>
      ) : (
        <span class="fold" />
      )}
      <button
        type="button"
        class="span-row"
        aria-current={selected ? "true" : undefined}
        onClick={() => onSelect(span.span_id)}
      >
        <span class="span-name">
          <i class="swatch" title={say(SPAN_TYPE_TEXT[type])} />
          {failed && <b class="failed">{say({ en: "error", zh: "错误" })}</b>}
          <span title={span.name}>{span.name}</span>
          {folded && <small class="quiet">+{descendants}</small>}
        </span>
        <span class="lane">
          <span class={failed ? "bar failed" : "bar"} style={{ left: `${left}%`, width: `${width}%` }} />
          <span {...labelPlace(left, width)}>{barLabel(span)}</span>
        </span>
      </button>
    </li>
  );
}

interface LabelPlace {
  class: string;
  style: Record<string, string>;
}

/** After the bar where there is room, else before it, else on it. */
function labelPlace(left: number, width: number): LabelPlace {
  if (left + width < 62) return { class: "bar-label", style: { left: `${left + width}%` } };
  if (left > 38) return { class: "bar-label", style: { right: `${100 - left}%` } };
  return { class: "bar-label on-bar", style: { left: `${left}%` } };
}

function barLabel(span: SpanView): string {
  const tokens = spanTokens(span);
  const cost = spanCost(span);
  return [
    formatDuration(span.duration),
    tokens !== undefined && tokens > 0 && `${formatCount(tokens)} tok`,
    cost !== undefined && formatValue({ unit: "USD" }, cost, language.value),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** Up and down walk the rows, as in a list. */
function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLButtonElement>(".span-row")];
  const next = rows[rows.indexOf(document.activeElement as HTMLButtonElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.click();
}
