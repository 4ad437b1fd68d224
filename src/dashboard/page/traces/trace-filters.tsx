import { useEffect, useRef } from "preact/hooks";
import { DIMENSION_FIELDS, type FilterField, filterBy, ListFilters } from "../controls/list-filters.js";
import { OutcomeSelect, SortSelect } from "../controls/list-selects.js";
import { TimeSelect } from "../controls/time-select.js";
import { useTyped } from "../controls/use-typed.js";
import { say } from "../language.js";
import { chosen } from "../route.js";

const FIELDS: readonly FilterField[] = [
  DIMENSION_FIELDS.service,
  DIMENSION_FIELDS.type,
  DIMENSION_FIELDS.model,
  DIMENSION_FIELDS.user,
  { name: "min_duration", label: { en: "took at least, seconds", zh: "耗时至少（秒）" }, number: true },
  { name: "max_duration", label: { en: "took at most, seconds", zh: "耗时至多（秒）" }, number: true },
  { name: "min_cost", label: { en: "cost at least, US dollars", zh: "成本至少（美元）" }, number: true },
];

/** Long enough for the next letter of a word. */
const TYPING_MS = 300;

/** What the list of traces is narrowed to and sorted by; all of it stands in the address. */
export function TraceFilters() {
  const isConversation = chosen("conversation") !== undefined;
  return (
    <ListFilters path="/traces" fields={FIELDS}>
      <TextField />
      <TimeSelect />
      <OutcomeSelect value={chosen("outcome")} onChoose={(value) => filterBy("outcome", value)} />
      {!isConversation && <SortSelect value={chosen("sort")} onChoose={(value) => filterBy("sort", value)} />}
    </ListFilters>
  );
}

/** Text is looked for in every span, so not at every letter. */
function TextField() {
  const [typed, setTyped] = useTyped("text");
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const label = say({ en: "Text in names or messages", zh: "名称或消息中的文本" });
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      value={typed}
      onInput={({ currentTarget: { value } }) => {
        setTyped(value);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => filterBy("text", value.trim()), TYPING_MS);
      }}
    />
  );
}
