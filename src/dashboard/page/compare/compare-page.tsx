import type { VersionKind } from "../../../store/telemetry-store.js";
import type { CompareChoicesView, CompareView } from "../../api/compare-view.js";
import { apiPath } from "../api-path.js";
import { Segments } from "../controls/segments.js";
import { say } from "../language.js";
import { RequestTable } from "../requests/request-table.js";
import { chosen } from "../route.js";
import { useLive } from "../use-live.js";
import { CompareControls } from "./compare-controls.js";
import { CompareFigures } from "./compare-figures.js";
import { CompareNothing } from "./compare-nothing.js";
import { joinedVersions, usualPair } from "./compared-versions.js";
import "./compare.css";

const KINDS = [
  { value: "release", label: { en: "Releases", zh: "版本" } },
  { value: "prompt", label: { en: "Prompt versions", zh: "提示词版本" } },
] as const satisfies readonly { value: VersionKind; label: { en: string; zh: string } }[];

const RANGES = [
  { value: "24h", label: { en: "24 h", zh: "24 小时" }, lengthMs: 86_400_000 },
  { value: "7d", label: { en: "7 d", zh: "7 天" }, lengthMs: 7 * 86_400_000 },
  { value: "30d", label: { en: "30 d", zh: "30 天" }, lengthMs: 30 * 86_400_000 },
] as const;

const EVERY_MS = 30_000;

/** Two releases, or two versions of a prompt, side by side. */
export function ComparePage() {
  const by = KINDS.find(({ value }) => value === chosen("by"))?.value ?? "release";
  const range = RANGES.find(({ value }) => value === chosen("range")) ?? RANGES[1];
  const service = chosen("service");
  const type = chosen("type");
  const { data, failure } = useLive<CompareChoicesView>(
    apiPath("/api/compare/choices", { by, "where.service": service }),
    ["traces"],
    EVERY_MS,
  );
  const choices = data && joinedVersions(data.choices);
  const usual = data && usualPair(data.choices);
  const [a, b] = [chosen("a") ?? usual?.a, chosen("b") ?? usual?.b];
  return (
    <>
      <div class="title-row">
        <h1>{say({ en: "Compare", zh: "对比" })}</h1>
        <div class="filters">
          <Segments
            legend={{ en: "What is compared", zh: "对比对象" }}
            name="by"
            choices={KINDS}
            value={by}
            besides={() => ({ a: "", b: "" })}
          />
          <Segments legend={{ en: "Time", zh: "时间范围" }} name="range" choices={RANGES} value={range.value} />
        </div>
      </div>
      {failure && <p class="notice">{failure}</p>}
      {choices && (a === undefined || b === undefined) && <CompareNothing by={by} choices={choices} />}
      {choices && a !== undefined && b !== undefined && (
        <>
          <CompareControls choices={choices} a={a} b={b} windowS={range.lengthMs / 1000} />
          {a === b ? (
            <p class="notice">{say({ en: "Choose two different ones.", zh: "请选择两个不同的版本。" })}</p>
          ) : (
            <Comparison
              key={[by, a, b, service, type, range.value].join("|")}
              {...{ by, a, b, service, type }}
              range={range}
            />
          )}
        </>
      )}
    </>
  );
}

interface ComparisonProps {
  by: VersionKind;
  a: string;
  b: string;
  service: string | undefined;
  type: string | undefined;
  range: (typeof RANGES)[number];
}

function Comparison({ by, a, b, service, type, range }: ComparisonProps) {
  const path = (): string => {
    const from = new Date(Date.now() - range.lengthMs).toISOString();
    return apiPath("/api/compare", { by, a, b, from, "where.service": service, "where.type": type });
  };
  const { data, failure } = useLive<CompareView>(path, [], EVERY_MS);
  if (failure !== undefined) return <p class="notice">{failure}</p>;
  if (data === undefined) return <p class="quiet">{say({ en: "Loading…", zh: "加载中…" })}</p>;
  return (
    <>
      <CompareFigures comparison={data} />
      <div class="compare-worst">
        {[data.a, data.b].map(({ version, worst }) => (
          <section class="card" key={version}>
            <h2>
              {say({ en: "Worst of", zh: "最差请求：" })} <span class="compare-version">{version}</span>
            </h2>
            {worst.length === 0 ? (
              <p class="quiet">{say({ en: "No requests in this time.", zh: "此时间范围内没有请求。" })}</p>
            ) : (
              <RequestTable requests={worst} />
            )}
          </section>
        ))}
      </div>
      <p class="quiet">
        {say({
          en: "Worst: what failed comes first, then what took longest.",
          zh: "最差：失败的在前，其次是耗时最长的。",
        })}
      </p>
    </>
  );
}
