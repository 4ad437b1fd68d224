import type { ActiveAlertView, AlertLabels, AlertState, RuleStatus, Severity } from "../../../alert/alert-view.js";
import { alertMarks } from "../../alert-marks.js";
import { formatTime } from "../format.js";
import { language, say } from "../language.js";
import { SEVERITY_TEXT, STATE_TEXT } from "./alert-words.js";

export function StateBadge({ state }: { state: AlertState }) {
  return <span class={`badge state-${state}`}>{say(STATE_TEXT[state])}</span>;
}

export function SeverityBadge({ severity }: { severity: Severity }) {
  return <span class={`badge severity-${severity}`}>{say(SEVERITY_TEXT[severity])}</span>;
}

export function LabelValues({ labels }: { labels: AlertLabels }) {
  return (
    <>
      {Object.entries(labels).map(([name, value]) => (
        <code key={name}>
          {name}={value}
        </code>
      ))}
    </>
  );
}

/** Somebody takes care of it, nobody is told of it, or its value is old. */
export function AlertMarks({ alert, rule }: { alert: ActiveAlertView; rule: RuleStatus | undefined }) {
  const { acknowledged, ...others } = alert;
  const time = (iso: string): string => formatTime(iso, language.value);
  return (
    <>
      {acknowledged && (
        <span class="badge mark acknowledged">
          {say({
            en: `✓ acknowledged by ${acknowledged.author}, ${time(acknowledged.at)}`,
            zh: `✓ 已由 ${acknowledged.author} 于 ${time(acknowledged.at)} 确认`,
          })}
          {acknowledged.comment !== undefined && `: ${acknowledged.comment}`}
        </span>
      )}
      {alertMarks(others, rule, language.value, time).map((mark) => (
        <span key={mark} class="badge mark">
          {mark}
        </span>
      ))}
    </>
  );
}
