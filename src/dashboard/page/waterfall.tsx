import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { formatValue } from "../../indicators/format-value.js";
import type { BilingualText } from "../../indicators/language.js";
import type { SpanView } from "../api/trace-view.js";
import { formatCount, formatDuration } from "./format.js";
import { language, say } from "./language.js";
import { SPAN_TYPE_TEXT, spanCost, spanTokens, spanType } from "./span-facts.js";
import { useNarrow } from "./use-narrow.js";
import { ancestors, unfolded, type WaterfallRow, type Waterfall as WaterfallRows } from "./waterfall-rows.js";
import "./waterfall.css";

/** Pixels; every row has the same height, so where a row stands needs no measuring. As in waterfall.css. */
const ROW_HEIGHT = { wide: 30, narrow: 56 } as const;
/** Rows drawn beyond what is visible, so that scrolling does not run into an empty place. */
const OVERSCAN = 12;
const DEEPEST_INDENT = 10;

interface WaterfallProps {
  waterfall: WaterfallRows;
  selectedId: string | undefined;
  /** `open`: the reader wants to go on to the span itself. */
  onSelect(spanId: string, open: boolean): void;
}

/**
 * The spans as a tree over their time. Only the rows that are visible are in the document, however many there are;
 * the tree keeps the keyboard's focus and names its active row, so scrolling that row out of sight loses nothing.
 */
export function Waterfall({ waterfall: { rows, indexOf, length }, selectedId, onSelect }: WaterfallProps) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const seen = useMemo(() => unfolded(rows, folded), [rows, folded]);
  const [activeId, setActiveId] = useState(selectedId);
  const rowHeight = useNarrow() ? ROW_HEIGHT.narrow : ROW_HEIGHT.wide;
  const scroll = useRef<HTMLDivElement>(null);
  const view = useView(scroll, rowHeight);
  const failed = useMemo(() => rows.flatMap(({ span }, index) => (span.status === "error" ? index : [])), [rows]);

  const place = seen.indexOf(indexOf.get(activeId ?? "") ?? 0);
  const first = Math.max(0, view.first - OVERSCAN);
  const shown = seen.slice(first, view.first + view.rows + OVERSCAN).map((index, at) => ({ index, at: first + at }));
  // The active row is named by the tree, so it must be there.
  if (place >= 0 && !shown.some(({ at }) => at === place)) shown.push({ index: seen[place] as number, at: place });

  /** Makes a row the active one and brings it into sight: opens what it lies under, and scrolls to it. */
  function reveal(index: number, place: "nearest" | "center"): void {
    const above = ancestors(rows, index).filter((id) => folded.has(id));
    const next = new Set(folded);
    for (const id of above) next.delete(id);
    if (above.length > 0) setFolded(next);
    setActiveId(rows[index]?.span.span_id);
    const at = above.length > 0 ? unfolded(rows, next).indexOf(index) : seen.indexOf(index);
    // After the rows have their new height, or there is nothing to scroll to yet.
    requestAnimationFrame(() => scrollTo(scroll.current, at * rowHeight, rowHeight, place));
  }

  useLayoutEffect(() => {
    const index = indexOf.get(selectedId ?? "");
    if (index !== undefined) reveal(index, "center");
  }, [selectedId]);

  function toggle(index: number): void {
    const id = rows[index]?.span.span_id;
    if (id === undefined) return;
    const next = new Set(folded);
    if (!next.delete(id)) next.add(id);
    setFolded(next);
    setActiveId(id);
  }

  function move(at: number): void {
    const index = seen[Math.max(0, Math.min(at, seen.length - 1))];
    if (index !== undefined) reveal(index, "nearest");
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const index = seen[place];
    const row = rows[index ?? -1];
    if (index === undefined || row === undefined) return;
    const isFolded = folded.has(row.span.span_id);
    const page = Math.max(1, view.rows - 2);
    const keys: Record<string, () => void> = {
      ArrowDown: () => move(place + 1),
      ArrowUp: () => move(place - 1),
      PageDown: () => move(place + page),
      PageUp: () => move(place - page),
      Home: () => move(0),
      End: () => move(seen.length - 1),
      ArrowRight: () => {
        if (isFolded) toggle(index);
        else if (row.descendants > 0) move(place + 1);
      },
      ArrowLeft: () => {
        if (row.descendants > 0 && !isFolded) toggle(index);
        else if (row.parent >= 0) reveal(row.parent, "nearest");
      },
      Enter: () => onSelect(row.span.span_id, true),
      " ": () => onSelect(row.span.span_id, false),
    };
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  }

  function nextFailed(): void {
    const active = indexOf.get(activeId ?? "") ?? -1;
    const index = failed.find((each) => each > active) ?? failed[0];
    const row = rows[index ?? -1];
    if (index === undefined || row === undefined) return;
    reveal(index, "center");
    onSelect(row.span.span_id, false);
  }

  function foldAll(): void {
    const below = rows.filter(({ depth, descendants }) => depth > 0 && descendants > 0);
    setFolded(folded.size > 0 ? new Set() : new Set(below.map(({ span }) => span.span_id)));
  }

  return (
    <section class="card waterfall" aria-label={say({ en: "Spans", zh: "Span 列表" })}>
      <div class="waterfall-tools">
        <span>
          {rows.length.toLocaleString("en-US")} {say({ en: rows.length === 1 ? "span" : "spans", zh: "个 span" })}
        </span>
        {failed.length > 0 && (
          <button type="button" class="plain error-text" onClick={nextFailed}>
            {say({
              en: `${failed.length} failed: show the next`,
              zh: `${failed.length} 个失败：查看下一个`,
            })}
          </button>
        )}
        {rows.some(({ depth, descendants }) => depth > 0 && descendants > 0) && (
          <button type="button" class="plain" onClick={foldAll}>
            {folded.size > 0 ? say({ en: "Unfold all", zh: "全部展开" }) : say({ en: "Fold all", zh: "全部折叠" })}
          </button>
        )}
      </div>
      <div class="waterfall-scroll" ref={scroll} onScroll={view.follow}>
        <div class="waterfall-head" aria-hidden="true">
          <span class="scale">
            {[0, 0.25, 0.5, 0.75].map((part) => (
              <span key={part} style={{ left: `${part * 100}%` }}>
                {formatDuration(length * part)}
              </span>
            ))}
          </span>
        </div>
        <div
          role="tree"
          class="tree"
          tabIndex={0}
          aria-label={say({ en: "Spans by their parents", zh: "按父子关系排列的 span" })}
          aria-activedescendant={place < 0 ? undefined : rowId(rows[seen[place] as number] as WaterfallRow)}
          style={{ height: `${seen.length * rowHeight}px` }}
          onKeyDown={onKeyDown}
        >
          {shown.map(({ index, at }) => {
            const row = rows[index] as WaterfallRow;
            return (
              <Row
                key={row.span.span_id}
                row={row}
                top={at * rowHeight}
                length={length}
                selected={row.span.span_id === selectedId}
                active={at === place}
                folded={folded.has(row.span.span_id)}
                onSelect={() => {
                  setActiveId(row.span.span_id);
                  onSelect(row.span.span_id, false);
                }}
                onToggle={() => toggle(index)}
              />
            );
          })}
        </div>
      </div>
    </section>
  );
}

const rowId = ({ span }: WaterfallRow): string => `span-${span.span_id}`;

/** Scrolls as little as shows the row whole, or to have it in the middle; one that is visible stays where it is. */
function scrollTo(box: HTMLElement | null, top: number, height: number, place: "nearest" | "center"): void {
  const tree = box?.querySelector<HTMLElement>(".tree");
  if (!box || !tree) return;
  // Below the scale, which stays on top.
  const room = box.clientHeight - tree.offsetTop - height;
  if (top >= box.scrollTop && top <= box.scrollTop + room) return;
  if (place === "center") box.scrollTop = top - room / 2;
  else box.scrollTop = top < box.scrollTop ? top : top - room;
}

interface View {
  /** The first row that is visible, and how many have room. */
  first: number;
  rows: number;
  follow(): void;
}

function useView(box: { current: HTMLElement | null }, rowHeight: number): View {
  const [first, setFirst] = useState(0);
  const [rows, setRows] = useState(40);
  const follow = (): void => setFirst(Math.floor((box.current?.scrollTop ?? 0) / rowHeight));
  useEffect(() => {
    const { current } = box;
    if (!current) return;
    const measure = new ResizeObserver(() => {
      setRows(Math.ceil(current.clientHeight / rowHeight));
      setFirst(Math.floor(current.scrollTop / rowHeight));
    });
    measure.observe(current);
    return () => measure.disconnect();
  }, [box, rowHeight]);
  return { first, rows, follow };
}

interface RowProps {
  row: WaterfallRow;
  /** Pixels. */
  top: number;
  length: number;
  selected: boolean;
  active: boolean;
  folded: boolean;
  onSelect(): void;
  onToggle(): void;
}

function Row({ row, top, length, selected, active, folded, onSelect, onToggle }: RowProps) {
  const { span, depth, descendants } = row;
  const type = spanType(span);
  const failed = span.status === "error";
  const left = (row.offset / length) * 100;
  const width = Math.min((span.duration / length) * 100, 100 - left);
  // Numbers take long to write, and every row is drawn anew while the reader scrolls. The language is read inside.
  const label = useMemo(() => barLabel(span), [span, language.value]);
  return (
    // The keyboard acts on the tree, which has the focus.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    // biome-ignore lint/a11y/useFocusableInteractive: see above
    <div
      role="treeitem"
      id={rowId(row)}
      class={["row", selected && "selected", active && "active"].filter(Boolean).join(" ")}
      data-type={type}
      style={{ top: `${top}px` }}
      aria-level={depth + 1}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-expanded={descendants > 0 ? !folded : undefined}
      aria-selected={selected}
      onClick={onSelect}
    >
      <span class="indent" style={{ width: `${Math.min(depth, DEEPEST_INDENT) * 12}px` }} />
      {descendants > 0 ? (
        <span
          class="fold"
          aria-hidden="true"
          onClick={(event) => {
            event.stopPropagation();
            onToggle();
          }}
        >
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
        <span {...labelPlace(left, width)}>{label}</span>
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
