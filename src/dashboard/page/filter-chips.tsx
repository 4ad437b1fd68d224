import { DIMENSION_NAMES } from "../../indicators/dimension-name.js";
import { say } from "./language.js";
import { choose } from "./route.js";

/** What a list is narrowed to, each with a click that takes it away: a link may bring what no control shows. */
export function FilterChips({ filters }: { filters: readonly (readonly [name: string, value: string])[] }) {
  return filters.map(([name, value]) => {
    const known = DIMENSION_NAMES.get(name);
    return (
      <button key={name} type="button" class="plain chip" onClick={() => choose(name, "")}>
        {known === undefined ? name : say(known)} {value} ✕
      </button>
    );
  });
}
