import { useEffect, useState } from "preact/hooks";
import { formatDuration } from "../../../alert/duration.js";
import type { RuleView } from "../../../alert/rule-view.js";
import { thresholdText } from "../../../alert/threshold.js";
import type { BilingualText } from "../../../indicators/language.js";
import type { BacktestView } from "../../api/backtest-view.js";
import { send } from "../connection.js";
import { Segments } from "../controls/segments.js";
import { say } from "../language.js";
import { chooseAll, chosen } from "../route.js";
import { BacktestResult } from "./backtest-result.js";
import "./backtest.css";

const RANGES: readonly { value: string; s: number; label: BilingualText }[] = [
  { value: "1h", s: 3600, label: { en: "1 h", zh: "1 小时" } },
  { value: "6h", s: 21_600, label: { en: "6 h", zh: "6 小时" } },
  { value: "1d", s: 86_400, label: { en: "1 day", zh: "1 天" } },
  { value: "3d", s: 259_200, label: { en: "3 days", zh: "3 天" } },
  { value: "7d", s: 604_800, label: { en: "7 days", zh: "7 天" } },
];
const USUAL_RANGE = "6h";

/** The parts of a rule that can be tried otherwise; their names in the address and in a rules file. */
const PARTS = ["when", "resolve_when", "for", "window"] as const;
type Part = (typeof PARTS)[number];

/** Tries a rule against the past: as it is, or with other conditions. What is tried stands in the address. */
export function BacktestPanel({ rules }: { rules: readonly RuleView[] }) {
  /** How often the reader asked: the same again is of a later time. */
  const [runs, setRuns] = useState(0);
  const [first] = rules;
  if (first === undefined)
    return <p class="card quiet">{say({ en: "There is no rule to test.", zh: "没有可回测的规则。" })}</p>;
  const rule = rules.find(({ id }) => id === chosen("rule")) ?? first;
  const range = RANGES.find(({ value }) => value === (chosen("past") ?? USUAL_RANGE)) ?? RANGES[0];
  return (
    <>
      <div class="card backtest-choice">
        <label class="field">
          <span>{say({ en: "Rule", zh: "规则" })}</span>
          <select
            value={rule.id}
            onChange={(event) =>
              chooseAll({ rule: event.currentTarget.value, ...Object.fromEntries(PARTS.map((part) => [part, ""])) })
            }
          >
            {rules.map(({ id, name }) => (
              <option key={id} value={id}>
                {say(name)} ({id})
              </option>
            ))}
          </select>
        </label>
        <Segments
          legend={{ en: "How far back", zh: "回测时间" }}
          name="past"
          choices={RANGES}
          value={range?.value ?? USUAL_RANGE}
        />
        <Edits key={JSON.stringify([rule.id, ownParts(rule)])} rule={rule} onTest={() => setRuns(runs + 1)} />
      </div>
      <Run ruleId={rule.id} rangeS={range?.s ?? 0} edits={editsInAddress()} runs={runs} />
    </>
  );
}

function editsInAddress(): Partial<Record<Part, string>> {
  return Object.fromEntries(PARTS.flatMap((part) => (chosen(part) === undefined ? [] : [[part, chosen(part)]])));
}

/** As the rule says them; "" where it says nothing, undefined where it cannot. */
function ownParts(rule: RuleView): Record<Part, string | undefined> {
  return {
    when: rule.when && thresholdText(rule.when, rule),
    resolve_when: rule.when && (rule.resolve_when ? thresholdText(rule.resolve_when, rule) : ""),
    for: formatDuration(rule.for_s),
    window: rule.window_s === undefined ? undefined : formatDuration(rule.window_s),
  };
}

const PART_TEXT: Record<Part, BilingualText> = {
  when: { en: "Fires when", zh: "触发条件" },
  resolve_when: { en: "Ends when (optional)", zh: "恢复条件（可选）" },
  for: { en: "For", zh: "持续时间" },
  window: { en: "Window", zh: "窗口" },
};

function Edits({ rule, onTest }: { rule: RuleView; onTest(): void }) {
  const own = ownParts(rule);
  const offered = PARTS.filter((part) => own[part] !== undefined);
  const textsOf = (parts: Partial<Record<Part, string | undefined>>) =>
    Object.fromEntries(offered.map((part) => [part, parts[part] ?? ""]));
  const [texts, setTexts] = useState(() => textsOf({ ...own, ...editsInAddress() }));
  const isEdited = offered.some((part) => chosen(part) !== undefined);

  function test(event: SubmitEvent): void {
    event.preventDefault();
    onTest();
    chooseAll(
      Object.fromEntries(
        offered.map((part) => {
          const text = texts[part]?.trim() ?? "";
          return [part, text === own[part] ? "" : text];
        }),
      ),
    );
  }

  return (
    <form class="backtest-edits" onSubmit={test}>
      {offered.map((part) => (
        <label key={part} class="field">
          <span>{say(PART_TEXT[part])}</span>
          <input
            name={part}
            maxLength={200}
            value={texts[part]}
            required={part === "when"}
            onInput={(event) => setTexts({ ...texts, [part]: event.currentTarget.value })}
          />
        </label>
      ))}
      <span class="backtest-buttons">
        <button type="submit" class="primary">
          {say({ en: "Test", zh: "回测" })}
        </button>
        {isEdited && (
          <button
            type="button"
            class="plain"
            onClick={() => {
              setTexts(textsOf(own));
              chooseAll(Object.fromEntries(PARTS.map((part) => [part, ""])));
            }}
          >
            {say({ en: "As the rule is", zh: "恢复原规则" })}
          </button>
        )}
      </span>
    </form>
  );
}

interface RunProps {
  ruleId: string;
  rangeS: number;
  edits: Partial<Record<Part, string>>;
  runs: number;
}

function Run({ ruleId, rangeS, edits, runs }: RunProps) {
  const [result, setResult] = useState<BacktestView>();
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(true);

  useEffect(() => {
    const leaving = new AbortController();
    setBusy(true);
    const from = new Date(Date.now() - rangeS * 1000).toISOString();
    const path = `/api/rules/${encodeURIComponent(ruleId)}/backtest`;
    void send<BacktestView>("POST", path, { from, ...edits }, leaving.signal).then((answer) => {
      if (leaving.signal.aborted) return;
      setBusy(false);
      setFailure("data" in answer ? undefined : answer.failure);
      setResult("data" in answer ? answer.data : undefined);
    });
    return () => leaving.abort();
  }, [ruleId, rangeS, JSON.stringify(edits), runs]);

  return (
    <div class="backtest-run" aria-busy={busy}>
      <p class="sr-only" role="status">
        {busy ? say({ en: "Testing…", zh: "回测中…" }) : say({ en: "Tested", zh: "回测完成" })}
      </p>
      {busy && <p class="quiet">{say({ en: "Testing against what is stored…", zh: "正在用已存数据回测…" })}</p>}
      {failure !== undefined && !busy && (
        <p class="notice error-text" role="alert">
          {failure}
        </p>
      )}
      {result !== undefined && <BacktestResult result={result} />}
    </div>
  );
}
