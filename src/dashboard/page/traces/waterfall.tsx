import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { formatDuration } from "../format.js";
import { say } from "../language.js";
import { useNarrow } from "../use-narrow.js";
import { WaterfallLine } from "./waterfall-line.js";
import { ancestors, unfolded, type WaterfallRow, type Waterfall as WaterfallRows } from "./waterfall-rows.js";
import "./waterfall.css";

/** Pixels; every row has the same height, so where a row stands needs no measuring. As in waterfall.css. */
const ROW_HEIGHT = { wide: 30, narrow: 56 } as const;
/** Rows drawn beyond what is visible, so that scrolling does not run into an empty place. */
const OVERSCAN = 12;
/** The rows are looked up anew after so many, not at each. */
const SCROLL_STEP = 4;

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
  const shown = seen
    .slice(first, view.first + view.rows + SCROLL_STEP + OVERSCAN)
    .map((index, at) => ({ index, at: first + at }));
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

  /** Here and not at the rows, which are drawn anew only when they change. */
  function onClick({ target }: MouseEvent): void {
    const item = target instanceof Element ? target.closest("[role=treeitem]") : null;
    const index = indexOf.get(item?.id.slice(ID_PREFIX.length) ?? "");
    const row = rows[index ?? -1];
    if (index === undefined || row === undefined) return;
    setActiveId(row.span.span_id);
    if (target instanceof Element && target.closest(".fold") && row.descendants > 0) toggle(index);
    else onSelect(row.span.span_id, false);
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
          onClick={onClick}
        >
          {shown.map(({ index, at }) => {
            const row = rows[index] as WaterfallRow;
            return (
              <WaterfallLine
                id={rowId(row)}
                key={row.span.span_id}
                row={row}
                top={at * rowHeight}
                length={length}
                selected={row.span.span_id === selectedId}
                active={at === place}
                folded={folded.has(row.span.span_id)}
              />
            );
          })}
        </div>
      </div>
    </section>
  );
}

const ID_PREFIX = "span-";
const rowId = ({ span }: WaterfallRow): string => ID_PREFIX + span.span_id;

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
  const follow = (): void => {
    const row = Math.floor((box.current?.scrollTop ?? 0) / rowHeight);
    setFirst(row - (row % SCROLL_STEP));
  };
  useEffect(() => {
    const { current } = box;
    if (!current) return;
    const measure = new ResizeObserver(() => {
      setRows(Math.ceil(current.clientHeight / rowHeight));
      follow();
    });
    measure.observe(current);
    return () => measure.disconnect();
  }, [box, rowHeight]);
  return { first, rows, follow };
}
