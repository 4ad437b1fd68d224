import { useEffect, useRef } from "preact/hooks";
import type { BilingualText } from "../../../indicators/language.js";
import { formatTime } from "../format.js";
import { language, say } from "../language.js";
import { chooseAll, chosen } from "../route.js";
import { localInput } from "./local-input.js";

const WINDOWS_S = [900, 3600, 86_400, 604_800] as const;

/** What the window of a list is called. */
export function windowText(seconds: number): BilingualText {
  const [value, en, zh] =
    seconds % 86_400 === 0
      ? [seconds / 86_400, "days", "天"]
      : seconds % 3600 === 0
        ? [seconds / 3600, "hours", "小时"]
        : [Math.round(seconds / 60), "minutes", "分钟"];
  return { en: value === 1 ? `Last ${en.slice(0, -1)}` : `Last ${value} ${en}`, zh: `最近 ${value} ${zh}` };
}

/**
 * The time of a list: `window` in the address, or `from` and `to`, which have fields of their own when chosen. A link of
 * a figure brings `ended_from` and `ended_to`, the window that it was counted over.
 */
export function TimeSelect() {
  const window = chosen("window");
  const from = chosen("from");
  const to = chosen("to");
  const [endedFrom, endedTo] = [chosen("ended_from"), chosen("ended_to")];
  const ended = endedFrom !== undefined && endedTo !== undefined;
  const value = ended ? "ended" : from !== undefined || to !== undefined ? "range" : (window ?? "");

  function choose(next: string): void {
    const now = Date.now();
    const range = { from: new Date(now - 3_600_000).toISOString(), to: new Date(now).toISOString() };
    const none = { from: "", to: "", window: "", ended_from: "", ended_to: "", after: "" };
    chooseAll({ ...none, ...(next === "range" ? range : { window: next }) });
  }

  const offered = [...new Set([...WINDOWS_S.map(String), ...(window === undefined ? [] : [window])])];
  return (
    <>
      <select
        aria-label={say({ en: "Time", zh: "时间" })}
        value={value}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        <option value="">{say({ en: "Any time", zh: "任何时间" })}</option>
        {offered.map((seconds) => (
          <option key={seconds} value={seconds}>
            {say(windowText(Number(seconds)))}
          </option>
        ))}
        {ended && (
          <option value="ended">
            {say({ en: "ended", zh: "结束于" })} {formatTime(endedFrom, language.value)} –{" "}
            {formatTime(endedTo, language.value)}
          </option>
        )}
        <option value="range">{say({ en: "From … to …", zh: "从…到…" })}</option>
      </select>
      {value === "range" && (
        <>
          <TimeField name="from" value={from} label={{ en: "From", zh: "从" }} />
          <TimeField name="to" value={to} label={{ en: "To", zh: "到" }} />
        </>
      )}
    </>
  );
}

interface TimeFieldProps {
  name: string;
  /** ISO 8601. */
  value: string | undefined;
  label: BilingualText;
}

/** A time is typed part by part, and on the way it is none, or one of another century: the field is left alone until it is one. */
const TYPING_MS = 600;
const EARLIEST_YEAR = 2000;

function TimeField({ name, value, label }: TimeFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    const { current } = field;
    // Set from outside, the value would undo the part that is being typed.
    if (current && document.activeElement !== current) current.value = localInput(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);

  function take(text: string): void {
    clearTimeout(timer.current);
    const time = new Date(text);
    if (text === "") chooseAll({ [name]: "", after: "" });
    else if (time.getFullYear() >= EARLIEST_YEAR) chooseAll({ [name]: time.toISOString(), after: "" });
  }

  return (
    <input
      ref={field}
      type="datetime-local"
      // Or the year takes six digits, and the hour goes into it.
      max="9999-12-31T23:59"
      aria-label={say(label)}
      onInput={({ currentTarget }) => {
        clearTimeout(timer.current);
        timer.current = setTimeout(() => take(currentTarget.value), TYPING_MS);
      }}
      onKeyDown={({ key, currentTarget }) => key === "Enter" && take(currentTarget.value)}
    />
  );
}
