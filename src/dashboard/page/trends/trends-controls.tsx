import { CATALOGUE, findIndicator } from "../../../indicators/catalogue.js";
import { DIMENSIONS, type Dimension } from "../../../indicators/dimension.js";
import { DIMENSION_NAMES } from "../../../indicators/dimension-name.js";
import type { Indicator, IndicatorGroup } from "../../../indicators/indicator.js";
import type { BilingualText } from "../../../indicators/language.js";
import { localInput } from "../controls/local-input.js";
import { Segments } from "../controls/segments.js";
import { OFFERED_RANGES, OWN_RANGE, type TimeRange } from "../controls/time-range.js";
import { say } from "../language.js";
import { choose, chooseAll } from "../route.js";

const GROUPS: readonly { group: IndicatorGroup; name: BilingualText }[] = [
  { group: "performance", name: { en: "Performance", zh: "性能" } },
  { group: "quality", name: { en: "Quality", zh: "质量" } },
  { group: "resources", name: { en: "Resources", zh: "资源" } },
  { group: "business", name: { en: "Business", zh: "业务" } },
  { group: "telemetry", name: { en: "Telemetry itself", zh: "遥测自身" } },
];

/** They would be a line each, and no chart has so many. */
const NO_SPLITS: ReadonlySet<Dimension> = new Set(["user", "session", "tenant"]);

/** What an indicator can be split by in a chart. */
function splitsOf(indicator: Indicator | undefined): Dimension[] {
  return DIMENSIONS.filter((dimension) => !NO_SPLITS.has(dimension) && indicator?.dimensions.includes(dimension));
}

export function IndicatorSelect({ value, by }: { value: string; by: string | undefined }) {
  const select = (id: string): void => {
    const kept = splitsOf(findIndicator(id)).find((dimension) => dimension === by);
    chooseAll({ indicator: id, by: kept ?? "" });
  };
  return (
    <select
      aria-label={say({ en: "Indicator", zh: "指标" })}
      value={value}
      onChange={(event) => select(event.currentTarget.value)}
    >
      {GROUPS.map(({ group, name }) => (
        <optgroup key={group} label={say(name)}>
          {CATALOGUE.filter((indicator) => indicator.group === group && !indicator.list).map((indicator) => (
            <option key={indicator.id} value={indicator.id}>
              {say(indicator.name)}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

interface SplitSelectProps {
  indicator: Indicator | undefined;
  value: string | undefined;
}

export function SplitSelect({ indicator, value }: SplitSelectProps) {
  const splits = splitsOf(indicator);
  return (
    <select
      aria-label={say({ en: "Split by", zh: "拆分方式" })}
      value={value ?? ""}
      onChange={(event) => choose("by", event.currentTarget.value)}
    >
      <option value="">{say({ en: "In total", zh: "总计" })}</option>
      {splits.map((dimension) => (
        <option key={dimension} value={dimension}>
          {say(splitText(dimension))}
        </option>
      ))}
    </select>
  );
}

function splitText(dimension: Dimension): BilingualText {
  const { en, zh } = DIMENSION_NAMES.get(dimension) ?? { en: dimension, zh: dimension };
  return { en: `by ${en}`, zh: `按${zh}` };
}

interface RangeSegmentsProps {
  range: string;
  /** What is shown now: a range of the reader's own begins with it. */
  shown: TimeRange | undefined;
}

export function RangeSegments({ range, shown }: RangeSegmentsProps) {
  const own = shown && { from: new Date(shown.fromMs).toISOString(), to: new Date(shown.toMs).toISOString() };
  return (
    <Segments
      legend={{ en: "Time", zh: "时间范围" }}
      name="range"
      choices={[...OFFERED_RANGES, { value: OWN_RANGE, label: { en: "From–to", zh: "自定义" } }]}
      value={range}
      besides={(value) => (value === OWN_RANGE ? { ...own } : { from: "", to: "" })}
    />
  );
}

/** The ends of a range, in the reader's own time. */
export function OwnRange({ from, to }: { from: string | undefined; to: string | undefined }) {
  return (
    <form
      class="filters"
      onSubmit={(event) => {
        event.preventDefault();
        const entries = new FormData(event.currentTarget);
        const time = (name: string): string => new Date(String(entries.get(name))).toISOString();
        chooseAll({ from: time("from"), to: time("to") });
      }}
    >
      <label>
        <span class="quiet">{say({ en: "From", zh: "从" })}</span>{" "}
        <input type="datetime-local" name="from" required defaultValue={localInput(from)} />
      </label>
      <label>
        <span class="quiet">{say({ en: "to", zh: "到" })}</span>{" "}
        <input type="datetime-local" name="to" required defaultValue={localInput(to)} />
      </label>
      <button type="submit" class="plain">
        {say({ en: "Show", zh: "显示" })}
      </button>
    </form>
  );
}
