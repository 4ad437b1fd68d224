import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { DIMENSION_NAMES } from "../../../indicators/dimension-name.js";
import type { BilingualText } from "../../../indicators/language.js";
import type { TraceValuesView } from "../../api/traces-view.js";
import { say } from "../language.js";
import { chooseAll, search } from "../route.js";
import { useLive } from "../use-live.js";
import { FilterChips } from "./filter-chips.js";
import { useTyped } from "./use-typed.js";
import "./list-filters.css";

/** What stands in the address of a list and narrows nothing, or is shown by a control in another way. */
const NO_CHIP: readonly string[] = ["sort", "after", "request", "ended_from", "ended_to"];

export interface FilterField {
  /** In the address. */
  name: string;
  label: BilingualText;
  /** Which of the newest traces' values are offered. */
  suggestions?: keyof TraceValuesView;
  number?: boolean;
}

const dimension = (name: string): BilingualText => DIMENSION_NAMES.get(name) ?? { en: name, zh: name };

export const DIMENSION_FIELDS = {
  service: { name: "service", label: dimension("service"), suggestions: "services" },
  type: { name: "type", label: dimension("type"), suggestions: "types" },
  model: { name: "model", label: dimension("model"), suggestions: "models" },
  user: { name: "user", label: dimension("user") },
  tenant: { name: "tenant", label: dimension("tenant") },
  session: { name: "session", label: dimension("session") },
  release: { name: "release", label: dimension("release") },
} satisfies Record<string, FilterField>;

/** Takes the place of what was chosen, on the list's first page. */
export const filterBy = (name: string, value: string): void => chooseAll({ [name]: value, after: "" });

interface ListFiltersProps {
  /** Of the whole list. */
  path: string;
  /** Shown after a click. */
  fields: readonly FilterField[];
  /** Always shown. */
  children: ComponentChildren;
}

/** What a list is narrowed to and sorted by; all of it stands in the address. */
export function ListFilters({ path, fields, children }: ListFiltersProps) {
  const [more, setMore] = useState(false);
  const filters = [...new URLSearchParams(search.value)].filter(([name]) => !NO_CHIP.includes(name));
  return (
    <search class="list-filters">
      <div class="filters">
        {children}
        <button type="button" class="plain" aria-expanded={more} onClick={() => setMore(!more)}>
          {say({ en: "More filters", zh: "更多筛选" })} {more ? "▴" : "▾"}
        </button>
      </div>
      {more && <MoreFilters fields={fields} />}
      {filters.length > 0 && (
        <div class="filters">
          <FilterChips filters={filters} />
          {filters.length > 1 && <a href={path}>{say({ en: "Clear all", zh: "全部清除" })}</a>}
        </div>
      )}
    </search>
  );
}

function MoreFilters({ fields }: Pick<ListFiltersProps, "fields">) {
  const values = useLive<TraceValuesView>("/api/trace-values", []).data;
  return (
    <div class="card more-filters">
      {fields.map(({ suggestions, ...field }) => (
        <Field key={field.name} {...field} suggestions={suggestions && values?.[suggestions]} />
      ))}
    </div>
  );
}

interface FieldProps extends Omit<FilterField, "suggestions"> {
  suggestions: readonly string[] | undefined;
}

function Field({ name, label, suggestions, number }: FieldProps) {
  const [typed, setTyped] = useTyped(name);
  const list = suggestions === undefined ? undefined : `suggested-${name}`;
  return (
    <label>
      <span>{say(label)}</span>
      <input
        value={typed}
        list={list}
        {...(number ? { type: "number", min: 0, step: "any" } : { autocomplete: "off", spellcheck: false })}
        onInput={(event) => setTyped(event.currentTarget.value)}
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
