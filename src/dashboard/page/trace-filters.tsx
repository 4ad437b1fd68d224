import { useEffect, useRef, useState } from "preact/hooks";
import { DIMENSION_NAMES } from "../../indicators/dimension-name.js";
import type { BilingualText } from "../../indicators/language.js";
import type { TraceValuesView } from "../api/traces-view.js";
import { FilterChips } from "./filter-chips.js";
import { say } from "./language.js";
import { OutcomeSelect, SortSelect } from "./list-selects.js";
import { chooseAll, chosen, search } from "./route.js";
import { TimeSelect } from "./time-select.js";
import { useLive } from "./use-live.js";
import "./trace-filters.css";

const NO_FILTER: readonly string[] = ["sort", "after"];
/** Long enough for the next letter of a word. */
const TYPING_MS = 300;

/** Takes the place of what was chosen, on the list's first page. */
const filterBy = (name: string, value: string): void => chooseAll({ [name]: value, after: "" });

/** What the list of traces is narrowed to and sorted by; all of it stands in the address. */
export function TraceFilters() {
  const [more, setMore] = useState(false);
  const filters = [...new URLSearchParams(search.value)].filter(([name]) => !NO_FILTER.includes(name));
  const isConversation = chosen("conversation") !== undefined;
  return (
    <search class="trace-filters">
      <div class="filters">
        <TextField />
        <TimeSelect />
        <OutcomeSelect value={chosen("outcome")} onChoose={(value) => filterBy("outcome", value)} />
        {!isConversation && <SortSelect value={chosen("sort")} onChoose={(value) => filterBy("sort", value)} />}
        <button type="button" class="plain" aria-expanded={more} onClick={() => setMore(!more)}>
          {say({ en: "More filters", zh: "更多筛选" })} {more ? "▴" : "▾"}
        </button>
      </div>
      {more && <MoreFilters />}
      {filters.length > 0 && (
        <div class="filters">
          <FilterChips filters={filters} />
          {filters.length > 1 && <a href="/traces">{say({ en: "Clear all", zh: "全部清除" })}</a>}
        </div>
      )}
    </search>
  );
}

/** Text is looked for in every span, so not at every letter. */
function TextField() {
  const text = chosen("text") ?? "";
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const label = say({ en: "Text in names or messages", zh: "名称或消息中的文本" });
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      onInput={({ currentTarget: { value } }) => {
        clearTimeout(timer.current);
        timer.current = setTimeout(() => filterBy("text", value.trim()), TYPING_MS);
      }}
    />
  );
}

function MoreFilters() {
  const values = useLive<TraceValuesView>("/api/trace-values", []).data;
  return (
    <div class="card more-filters">
      <Field name="service" label={dimension("service")} suggestions={values?.services} />
      <Field name="type" label={dimension("type")} suggestions={values?.types} />
      <Field name="model" label={dimension("model")} suggestions={values?.models} />
      <Field name="user" label={dimension("user")} />
      <Field name="min_duration" label={{ en: "took at least, seconds", zh: "耗时至少（秒）" }} number />
      <Field name="max_duration" label={{ en: "took at most, seconds", zh: "耗时至多（秒）" }} number />
      <Field name="min_cost" label={{ en: "cost at least, US dollars", zh: "成本至少（美元）" }} number />
    </div>
  );
}

const dimension = (name: string): BilingualText => DIMENSION_NAMES.get(name) ?? { en: name, zh: name };

interface FieldProps {
  /** In the address. */
  name: string;
  label: BilingualText;
  suggestions?: readonly string[] | undefined;
  number?: boolean;
}

function Field({ name, label, suggestions, number }: FieldProps) {
  const list = suggestions === undefined ? undefined : `suggested-${name}`;
  return (
    <label>
      <span>{say(label)}</span>
      <input
        value={chosen(name) ?? ""}
        list={list}
        {...(number ? { type: "number", min: 0, step: "any" } : { autocomplete: "off", spellcheck: false })}
        onChange={(event) => filterBy(name, event.currentTarget.value.trim())}
      />
      {list !== undefined && (
        <datalist id={list}>
          {suggestions?.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      )}
    </label>
  );
}
