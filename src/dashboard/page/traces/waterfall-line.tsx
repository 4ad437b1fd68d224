import { useMemo } from "preact/hooks";
import { formatValue } from "../../../indicators/format-value.js";
import type { BilingualText } from "../../../indicators/language.js";
import type { SpanView } from "../../api/trace-view.js";
import { formatCount, formatDuration } from "../format.js";
import { language, say } from "../language.js";
import { SPAN_TYPE_TEXT, spanCost, spanTokens, spanType } from "./span-facts.js";
import type { WaterfallRow } from "./waterfall-rows.js";

/** Levels that are indented; those below them have their number in front. */
const DEEPEST_INDENT = 10;

interface WaterfallLineProps {
  id: string;
  row: WaterfallRow;
  /** Pixels. */
  top: number;
  length: number;
  selected: boolean;
  active: boolean;
  folded: boolean;
}

/** One row; drawn anew only when something of it or the language changes, since many are there while scrolling. */
export function WaterfallLine(props: WaterfallLineProps) {
  const { id, row, top, length, selected, active, folded } = props;
  return useMemo(() => drawn(props), [id, row, top, length, selected, active, folded, language.value]);
}

function drawn({ id, row, top, length, selected, active, folded }: WaterfallLineProps) {
  const { span, depth, descendants } = row;
  const type = spanType(span);
  const failed = span.status === "error";
  const left = (row.offset / length) * 100;
  const width = Math.min((span.duration / length) * 100, 100 - left);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus, and names its active row
    <div
      role="treeitem"
      id={id}
      class={["row", selected && "selected", active && "active"].filter(Boolean).join(" ")}
      data-type={type}
      style={{ top: `${top}px` }}
      aria-level={depth + 1}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-expanded={descendants > 0 ? !folded : undefined}
      aria-selected={selected}
    >
      <span class="indent" style={{ width: `${Math.min(depth, DEEPEST_INDENT) * 12}px` }} />
      {descendants > 0 ? (
        <span class="fold" aria-hidden="true">
          {folded ? "▸" : "▾"}
        </span>
      ) : (
        <span class="fold" />
      )}
      <span class="span-name">
        <i class="swatch" title={say(SPAN_TYPE_TEXT[type])} aria-hidden="true" />
        <span class="sr-only">{say(SPAN_TYPE_TEXT[type])}</span>
        {depth > DEEPEST_INDENT && (
          <small class="quiet" aria-hidden="true">
            {depth}
          </small>
        )}
        {failed && <b class="failed">{say({ en: "error", zh: "错误" })}</b>}
        {row.orphan && <Odd sign="⚠" text={{ en: "Its parent has not arrived", zh: "父 span 尚未到达" }} />}
        {row.early > 0 && <Odd sign="◷" text={{ en: "It starts before its parent", zh: "早于父 span 开始" }} />}
        <span class="text" title={span.name}>
          {span.name}
        </span>
        {folded && (
          <small class={row.failedDescendants > 0 ? "error-text" : "quiet"}>
            +{descendants}
            {row.failedDescendants > 0 &&
              say({ en: `, ${row.failedDescendants} failed`, zh: `，${row.failedDescendants} 个失败` })}
          </small>
        )}
      </span>
      <span class="lane">
        <span class={failed ? "bar failed" : "bar"} style={{ left: `${left}%`, width: `${width}%` }} />
        <span {...labelPlace(left, width)}>{barLabel(span)}</span>
      </span>
    </div>
  );
}

function Odd({ sign, text }: { sign: string; text: BilingualText }) {
  return (
    <b class="odd" title={say(text)}>
      <span aria-hidden="true">{sign}</span>
      <span class="sr-only">{say(text)}</span>
    </b>
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
