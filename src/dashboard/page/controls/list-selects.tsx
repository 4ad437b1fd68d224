import type { BilingualText } from "../../../indicators/language.js";
import { say } from "../language.js";
import { OUTCOME_TEXT } from "../outcome-badge.js";

const SORTS: Readonly<Record<string, BilingualText>> = {
  newest: { en: "Newest first", zh: "最新在前" },
  slowest: { en: "Slowest first", zh: "最慢在前" },
  most_expensive: { en: "Most expensive first", zh: "最贵在前" },
};

interface SelectProps {
  /** Undefined: the reader has not chosen. */
  value: string | undefined;
  /** Gets "" for any. */
  onChoose(value: string): void;
}

export function OutcomeSelect({ value, onChoose }: SelectProps) {
  return (
    <select
      aria-label={say({ en: "Outcome", zh: "结果" })}
      value={value ?? ""}
      onChange={(event) => onChoose(event.currentTarget.value)}
    >
      <option value="">{say({ en: "Any outcome", zh: "任何结果" })}</option>
      {Object.entries(OUTCOME_TEXT).map(([outcome, text]) => (
        <option key={outcome} value={outcome}>
          {say(text)}
        </option>
      ))}
    </select>
  );
}

export function SortSelect({ value, onChoose }: SelectProps) {
  return (
    <select
      aria-label={say({ en: "Order", zh: "排序" })}
      value={value ?? "newest"}
      onChange={(event) => onChoose(event.currentTarget.value)}
    >
      {Object.entries(SORTS).map(([sort, text]) => (
        <option key={sort} value={sort}>
          {say(text)}
        </option>
      ))}
    </select>
  );
}
