import { formatValue } from "../indicators/format-value.js";
import type { BilingualText, Language } from "../indicators/language.js";
import { printable } from "../notify/message/printable.js";
import type { SamplesView } from "./api/indicators-view.js";
import { lyingBar } from "./bar-chart.js";
import type { BoardLists } from "./board-reader.js";
import { cutWidth, displayWidth, fitWidth } from "./display-width.js";
import type { Paint } from "./paint.js";
import { blockWidth, sideBySide } from "./side-by-side.js";

export interface ListsOptions {
  language: Language;
  width: number;
  /** The most entries of a list that are shown. */
  entries: number;
  paint: Paint;
}

interface List {
  name: keyof BoardLists;
  title: BilingualText;
  style: "yellow" | "cyan" | "blue";
  /** Why it may be empty although there are requests. */
  missing?: BilingualText;
}

const NO_DATA: BilingualText = { en: "no data", zh: "暂无数据" };

const LISTS: readonly List[] = [
  { name: "cost_by_model", title: { en: "Cost by model", zh: "各模型成本" }, style: "yellow" },
  { name: "requests_by_type", title: { en: "Request types", zh: "请求类型" }, style: "cyan" },
  {
    name: "top_queries",
    title: { en: "Top queries", zh: "热门查询" },
    style: "blue",
    missing: { en: "none: withRequest({ query }) was not given", zh: "无：未在 withRequest({ query }) 中给出" },
  },
];

const NARROWEST_LIST = 26;
/** From here the bars have room, and all lists stand beside each other. */
const COMFORTABLE_LIST = 34;
const NARROWEST_BAR = 4;
/** With the spaces around it. */
const NARROWEST_NAME = 6;

/** What the figures are made of, beside each other as far as there is room. */
export function listLines(lists: BoardLists, { language, width, entries, paint }: ListsOptions): string[] {
  const shown = LISTS.filter(({ name }) => lists[name] !== undefined);
  const fitting =
    Math.floor(width / COMFORTABLE_LIST) >= shown.length ? shown.length : Math.floor(width / NARROWEST_LIST);
  const inRow = Math.max(1, Math.min(shown.length, fitting, shown.length === 3 && fitting < 3 ? 2 : 3));
  const hasRequests = lists.requests_by_type !== undefined && lists.requests_by_type.samples.length > 0;
  const rows: string[] = [];
  for (let first = 0; first < shown.length; first += inRow) {
    const row = shown.slice(first, first + inRow);
    // A list that has a row for itself takes it.
    const each = blockWidth(width, row.length);
    const blocks = row.map(({ name, title, style, missing = NO_DATA }) => [
      paint(["bold", style], title[language]),
      ...entryLines(lists[name], {
        ...{ language, width: each, entries, style, paint },
        empty: (hasRequests ? missing : NO_DATA)[language],
      }),
    ]);
    rows.push(...sideBySide(blocks, row.length, each));
  }
  return rows;
}

interface EntriesOptions extends ListsOptions {
  style: List["style"];
  empty: string;
}

function entryLines(
  list: SamplesView | undefined,
  { language, width, entries, paint, style, empty }: EntriesOptions,
): string[] {
  if (list === undefined || list.samples.length === 0) return [paint("dim", fitWidth(empty, width))];
  const ordered = [...list.samples].sort((a, b) => b.value - a.value);
  const shown = ordered.slice(0, ordered.length > entries ? entries - 1 : entries);
  const most = Math.max(...ordered.map(({ value }) => value));
  const barWidth = Math.max(NARROWEST_BAR, Math.floor(width / 4));
  const values = shown.map(({ value }) =>
    cutWidth(formatValue(list, value, language), width - barWidth - NARROWEST_NAME),
  );
  const valueWidth = Math.max(...values.map(displayWidth));
  const nameWidth = width - valueWidth - barWidth - 2;
  const lines = shown.map(({ labels, value }, at) => {
    const name = printable(Object.values(labels).join(" ")) || "–";
    const bar = most > 0 ? lyingBar(value / most, barWidth) : "";
    return `${fitWidth(name, nameWidth)} ${paint("bold", (values[at] ?? "").padStart(valueWidth))} ${paint(style, bar)}`;
  });
  const rest = ordered.length - shown.length;
  return rest === 0 ? lines : [...lines, paint("dim", language === "zh" ? `… 另有 ${rest} 项` : `… and ${rest} more`)];
}
