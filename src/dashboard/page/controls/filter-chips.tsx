import { DIMENSION_NAMES } from "../../../indicators/dimension-name.js";
import type { BilingualText } from "../../../indicators/language.js";
import { formatTime } from "../format.js";
import { language, say } from "../language.js";
import { OUTCOME_TEXT } from "../outcome-badge.js";
import { chooseAll } from "../route.js";
import { windowText } from "./time-select.js";

interface FilterText {
  label: BilingualText;
  /** How its value reads; as it is, where none is given. */
  shown?(value: string): string;
}

const time = (value: string): string => formatTime(value, language.value);

/** Filters that are no dimensions. */
const FILTERS: Readonly<Record<string, FilterText>> = {
  window: { label: { en: "", zh: "" }, shown: (value) => say(windowText(Number(value))) },
  from: { label: { en: "from", zh: "自" }, shown: time },
  to: { label: { en: "to", zh: "至" }, shown: time },
  outcome: {
    label: { en: "outcome", zh: "结果" },
    shown: (value) => say(OUTCOME_TEXT[value as keyof typeof OUTCOME_TEXT] ?? { en: value, zh: value }),
  },
  conversation: { label: { en: "conversation", zh: "对话" } },
  min_duration: { label: { en: "took at least", zh: "耗时至少" }, shown: (value) => `${value} s` },
  max_duration: { label: { en: "took at most", zh: "耗时至多" }, shown: (value) => `${value} s` },
  min_cost: { label: { en: "cost at least", zh: "成本至少" }, shown: (value) => `$${value}` },
  text: { label: { en: "text", zh: "文本" } },
};

/** What a list is narrowed to, each with a click that takes it away: a link may bring what no control shows. */
export function FilterChips({ filters }: { filters: readonly (readonly [name: string, value: string])[] }) {
  return filters.map(([name, value]) => {
    const known = FILTERS[name];
    const label = known?.label ?? DIMENSION_NAMES.get(name);
    return (
      <button key={name} type="button" class="plain chip" onClick={() => chooseAll({ [name]: "", after: "" })}>
        {label === undefined ? name : say(label)} {known?.shown?.(value) ?? value} ✕
      </button>
    );
  });
}
