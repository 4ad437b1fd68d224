import { useId, useState } from "preact/hooks";
import { type AlertMatcher, MATCH_OPERATORS } from "../../../alert/alert-matcher.js";
import type { AlertTransition } from "../../../alert/alert-view.js";
import type { RulesView, RuleView } from "../../../alert/rule-view.js";
import type { BilingualText } from "../../../indicators/language.js";
import type { AddedSilenceView } from "../../api/silence-view.js";
import { send } from "../connection.js";
import { FormDialog } from "../controls/form-dialog.js";
import { FormField } from "../controls/form-field.js";
import { formatTime } from "../format.js";
import { language, say } from "../language.js";
import { useLive } from "../use-live.js";
import { AuthorField } from "./alert-acknowledge.js";
import { rememberAuthor, rememberedAuthor } from "./author.js";
import { silencePreview } from "./silence-draft.js";
import "./silence.css";

const DURATIONS: readonly { s: number; label: BilingualText }[] = [
  { s: 1800, label: { en: "30 minutes", zh: "30 分钟" } },
  { s: 3600, label: { en: "1 hour", zh: "1 小时" } },
  { s: 7200, label: { en: "2 hours", zh: "2 小时" } },
  { s: 14_400, label: { en: "4 hours", zh: "4 小时" } },
  { s: 28_800, label: { en: "8 hours", zh: "8 小时" } },
  { s: 86_400, label: { en: "1 day", zh: "1 天" } },
  { s: 259_200, label: { en: "3 days", zh: "3 天" } },
  { s: 604_800, label: { en: "1 week", zh: "1 周" } },
];
const USUAL_DURATION_S = 7200;

interface SilenceDialogProps {
  /** To begin with. */
  matchers: readonly AlertMatcher[];
  active: readonly AlertTransition[];
  onClose(): void;
}

/** Makes a silence, and says before what it matches now. */
export function SilenceDialog({ matchers: first, active, onClose }: SilenceDialogProps) {
  const [matchers, setMatchers] = useState<readonly AlertMatcher[]>(first.length > 0 ? first : [EMPTY]);
  const [durationS, setDurationS] = useState(USUAL_DURATION_S);
  const [author, setAuthor] = useState(rememberedAuthor);
  const [reason, setReason] = useState("");
  const rules = useLive<RulesView>("/api/rules", ["alerts"]).data?.rules ?? [];
  const endsAt = (): string => new Date(Date.now() + durationS * 1000).toISOString();

  async function add(): Promise<string | undefined> {
    rememberAuthor(author);
    const answer = await send<AddedSilenceView>("POST", "/api/silences", {
      matchers,
      author,
      reason,
      ends_at: endsAt(),
    });
    return "data" in answer ? undefined : answer.failure;
  }

  return (
    <FormDialog
      title={say({ en: "Add a silence", zh: "添加静默" })}
      action={say({ en: "Silence", zh: "静默" })}
      onSubmit={add}
      onClose={onClose}
    >
      <p class="quiet">
        {say({
          en: "Nobody is told of alerts that all of these match. The alerts stay on this page.",
          zh: "符合以下全部条件的告警不会通知任何人，但仍显示在本页。",
        })}
      </p>
      <Matchers matchers={matchers} rules={rules} active={active} onChange={setMatchers} />
      <Preview matchers={matchers} rules={rules} active={active} />
      <label class="field">
        <span>
          {say({ en: "For", zh: "时长" })}{" "}
          {say({
            en: `(until ${formatTime(endsAt(), language.value)})`,
            zh: `（至 ${formatTime(endsAt(), language.value)}）`,
          })}
        </span>
        <select name="duration" value={durationS} onChange={(event) => setDurationS(Number(event.currentTarget.value))}>
          {DURATIONS.map(({ s, label }) => (
            <option key={s} value={s}>
              {say(label)}
            </option>
          ))}
        </select>
      </label>
      <AuthorField value={author} onChange={setAuthor} />
      <FormField
        label={{ en: "Reason", zh: "原因" }}
        name="reason"
        required
        maxLength={1000}
        value={reason}
        onChange={setReason}
      />
    </FormDialog>
  );
}

const EMPTY: AlertMatcher = { name: "rule", op: "=", value: "" };

interface MatchersProps {
  matchers: readonly AlertMatcher[];
  rules: readonly RuleView[];
  active: readonly AlertTransition[];
}

function Matchers({ matchers, rules, active, onChange }: MatchersProps & { onChange(to: AlertMatcher[]): void }) {
  const namesId = useId();
  const valuesId = useId();
  const change = (index: number, part: Partial<AlertMatcher>): void =>
    onChange(matchers.map((matcher, at) => (at === index ? { ...matcher, ...part } : matcher)));
  const names = new Set([
    "rule",
    "severity",
    ...rules.flatMap(({ by = [], labels }) => [...by, ...Object.keys(labels)]),
    ...active.flatMap(({ labels }) => Object.keys(labels)),
  ]);
  return (
    <fieldset class="matchers">
      <legend>{say({ en: "Alerts with", zh: "匹配条件" })}</legend>
      {matchers.map(({ name, op, value }, index) => (
        <div class="matcher" key={index}>
          <input
            aria-label={say({ en: "Label", zh: "标签" })}
            list={namesId}
            required
            maxLength={200}
            value={name}
            onInput={(event) => change(index, { name: event.currentTarget.value })}
          />
          <select
            aria-label={say({ en: "Operator", zh: "运算符" })}
            value={op}
            onChange={(event) => change(index, { op: event.currentTarget.value as AlertMatcher["op"] })}
          >
            {MATCH_OPERATORS.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
          <input
            aria-label={say({ en: "Value", zh: "值" })}
            list={`${valuesId}${name}`}
            maxLength={500}
            value={value}
            onInput={(event) => change(index, { value: event.currentTarget.value })}
          />
          <button
            type="button"
            class="plain"
            aria-label={say({ en: `Remove ${name}`, zh: `移除 ${name}` })}
            disabled={matchers.length === 1}
            onClick={() => onChange(matchers.filter((_, at) => at !== index))}
          >
            ✕
          </button>
        </div>
      ))}
      <button
        type="button"
        class="plain"
        onClick={() => onChange([...matchers, { name: "severity", op: "=", value: "" }])}
      >
        {say({ en: "+ and", zh: "+ 并且" })}
      </button>
      <datalist id={namesId}>
        {[...names].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <datalist id={`${valuesId}rule`}>
        {rules.map(({ id }) => (
          <option key={id} value={id} />
        ))}
      </datalist>
      <datalist id={`${valuesId}severity`}>
        {["warning", "error", "critical"].map((severity) => (
          <option key={severity} value={severity} />
        ))}
      </datalist>
    </fieldset>
  );
}

function Preview(props: MatchersProps) {
  return (
    <div class="silence-preview" role="status">
      <PreviewText {...props} />
    </div>
  );
}

function PreviewText({ matchers, rules, active }: MatchersProps) {
  const preview = silencePreview(matchers, { active, rules });
  if (preview.kind === "unfinished") {
    return <p class="quiet">{say({ en: "Say which alerts: a label and its value.", zh: "请填写标签及其值。" })}</p>;
  }
  if (preview.kind === "mistake") return <p class="error-text">{say(preview.message)}</p>;
  if (preview.kind === "everything") {
    return (
      <p class="error-text">
        {say({
          en: "This would match every alert. Add one that does not, such as rule = …",
          zh: "这会匹配所有告警。请添加能区分的条件，例如 rule = …",
        })}
      </p>
    );
  }
  const { alerts, reach } = preview;
  return (
    <>
      <p>
        {say({
          en: `Matches ${alerts.length} active ${alerts.length === 1 ? "alert" : "alerts"}, and alerts of ${reach.rules} ${reach.rules === 1 ? "rule" : "rules"}.`,
          zh: `匹配 ${alerts.length} 条当前告警，涉及 ${reach.rules} 条规则。`,
        })}
      </p>
      {alerts.length > 0 && (
        <ul>
          {alerts.map((alert) => (
            <li key={alert.id}>
              {say(alert.name)} {Object.values(alert.labels).join(" ")}
            </li>
          ))}
        </ul>
      )}
      {reach.unknown.map(({ what, found, nearest }) => (
        <p key={`${what} ${found}`} class="error-text">
          {what === "rule"
            ? say({ en: `There is no rule "${found}".`, zh: `没有规则“${found}”。` })
            : say({ en: `No alert has the label "${found}".`, zh: `没有告警带有标签“${found}”。` })}
          {nearest !== undefined && say({ en: ` Did you mean "${nearest}"?`, zh: `是否指“${nearest}”？` })}
        </p>
      ))}
    </>
  );
}
