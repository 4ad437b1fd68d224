import { DIMENSION_FIELDS, filterBy, ListFilters } from "../controls/list-filters.js";
import { OutcomeSelect, SortSelect } from "../controls/list-selects.js";
import { TimeSelect } from "../controls/time-select.js";
import { chooseAll, chosen } from "../route.js";

const FIELDS = Object.values(DIMENSION_FIELDS);
/** Seconds; what is sorted is read as a whole, so it is of a bounded time. */
const SORTED_WINDOW_S = "86400";

/** What the list of requests is narrowed to and sorted by; `isBounded` tells whether it is of a bounded time. */
export function RequestFilters({ isBounded }: { isBounded: boolean }) {
  return (
    <ListFilters path="/requests" fields={FIELDS}>
      <TimeSelect />
      <OutcomeSelect value={chosen("outcome")} onChoose={(value) => filterBy("outcome", value)} />
      <SortSelect
        value={isBounded ? chosen("sort") : undefined}
        onChoose={(sort) => chooseAll({ sort, after: "", ...(!isBounded && { window: SORTED_WINDOW_S }) })}
      />
    </ListFilters>
  );
}
