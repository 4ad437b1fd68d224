import type { SeenVersion } from "../../../store/telemetry-store.js";
import type { SamplesView } from "../../api/indicators-view.js";
import { apiPath } from "../api-path.js";
import { formatCount, formatTime } from "../format.js";
import { language, say } from "../language.js";
import { choose, chooseAll, chosen } from "../route.js";
import { useLive } from "../use-live.js";

interface CompareControlsProps {
  choices: readonly SeenVersion[];
  a: string;
  b: string;
  /** Of the comparison, seconds. */
  windowS: number;
}

/** Which two are compared, and in which requests. */
export function CompareControls({ choices, a, b, windowS }: CompareControlsProps) {
  const asked = { window: windowS, "where.service": chosen("service") };
  const { data: types } = useLive<SamplesView>(apiPath("/api/indicators/requests.by_type", asked), []);
  const type = chosen("type");
  const known = types?.samples.flatMap(({ labels }) => labels.type ?? []) ?? [];
  const offered = [...new Set([...known, ...(type === undefined ? [] : [type])])];
  return (
    <div class="filters compare-controls">
      <VersionSelect name="a" value={a} choices={choices} label={say({ en: "Before", zh: "之前" })} />
      <button
        type="button"
        class="plain"
        title={say({ en: "Swap", zh: "互换" })}
        aria-label={say({ en: "Swap", zh: "互换" })}
        onClick={() => chooseAll({ a: b, b: a })}
      >
        <span aria-hidden="true">⇄</span>
      </button>
      <VersionSelect name="b" value={b} choices={choices} label={say({ en: "After", zh: "之后" })} />
      {offered.length > 1 && (
        <select
          aria-label={say({ en: "Request type", zh: "请求类型" })}
          value={type ?? ""}
          onChange={(event) => choose("type", event.currentTarget.value)}
        >
          <option value="">{say({ en: "All types", zh: "全部类型" })}</option>
          {offered.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}

interface VersionSelectProps {
  name: "a" | "b";
  label: string;
  value: string;
  choices: readonly SeenVersion[];
}

function VersionSelect({ name, label, value, choices }: VersionSelectProps) {
  const known = choices.some(({ version }) => version === value);
  return (
    <label>
      <span class="quiet">{label}</span>{" "}
      <select value={value} onChange={(event) => choose(name, event.currentTarget.value)}>
        {!known && <option value={value}>{value}</option>}
        {choices.map(({ version, first_seen, requests }) => (
          <option key={version} value={version}>
            {version} · {formatCount(requests)} {say({ en: "requests, since", zh: "个请求，始于" })}{" "}
            {formatTime(first_seen, language.value)}
          </option>
        ))}
      </select>
    </label>
  );
}
