import { formatNumber, formatValue } from "../../../indicators/format-value.js";
import type { BilingualText } from "../../../indicators/language.js";
import type { ComparedFigure, ComparedValue } from "../../../query/record-comparison.js";
import type { CompareView } from "../../api/compare-view.js";
import { formatCount } from "../format.js";
import { language, say } from "../language.js";
import { type Column, Table } from "../table.js";
import { CompareIntervals } from "./compare-intervals.js";
import { compareSummary, type Verdict, verdictOf } from "./compare-summary.js";

const VERDICTS: Readonly<Record<Verdict, BilingualText>> = {
  better: { en: "better", zh: "变好" },
  worse: { en: "worse", zh: "变差" },
  same: { en: "not told apart", zh: "无法区分" },
  few: { en: "too few requests", zh: "请求太少" },
};

/** The figures of both sides with their 95 % intervals, and what can be said of the difference. */
export function CompareFigures({ comparison }: { comparison: CompareView }) {
  const { a, b, figures } = comparison;
  return (
    <section class="card compare-figures">
      <h2>
        <span class="key compare-version" data-color="--quiet">
          {a.version}
        </span>
        →
        <span class="key compare-version" data-color="--accent">
          {b.version}
        </span>
      </h2>
      <p class="compare-summary">{compareSummary(comparison, language.value)}</p>
      <Table columns={columns(comparison)} rows={figures} rowKey={({ indicator }) => indicator} label={LABEL} />
      <p class="quiet compare-note">
        {basisText(comparison)}{" "}
        {say({
          en: "In brackets: the 95 % interval. Of twenty figures that are the same, about one looks different by chance.",
          zh: "括号内为 95% 置信区间。二十个实际相同的指标中，约有一个会偶然显得不同。",
        })}
      </p>
    </section>
  );
}

function basisText({ a, b }: CompareView): string {
  const cut = [a, b].filter(({ left_out: leftOut }) => leftOut > 0);
  if (cut.length === 0) {
    return say({ en: "From all request records of the time.", zh: "依据该时间范围内的全部请求记录。" });
  }
  const parts = cut.map(({ version, requests, left_out: leftOut }) =>
    say({
      en: `the newest ${formatCount(requests)} of ${version} (${formatCount(leftOut)} older ones are left out)`,
      zh: `${version} 最新的 ${formatCount(requests)} 条（较早的 ${formatCount(leftOut)} 条未计入）`,
    }),
  );
  return say({
    en: `From request records: ${parts.join("; ")}. Choose a shorter time, or one type, to have all.`,
    zh: `依据请求记录：${parts.join("；")}。选择更短的时间或单一类型可计入全部。`,
  });
}

const LABEL: BilingualText = { en: "Figures of both", zh: "双方指标" };

function columns({ a, b }: CompareView): Column<ComparedFigure>[] {
  const sideColumn = (side: "a" | "b", version: string, requests: number): Column<ComparedFigure> => ({
    title: {
      en: `${version} (${formatCount(requests)})`,
      zh: `${version}（${formatCount(requests)}）`,
    },
    number: true,
    cell: (figure) => <Value figure={figure} value={figure[side]} />,
  });
  return [
    { title: { en: "Figure", zh: "指标" }, header: true, cell: ({ name }) => say(name) },
    sideColumn("a", a.version, a.requests),
    sideColumn("b", b.version, b.requests),
    { title: { en: "Interval", zh: "区间" }, cell: (figure) => <CompareIntervals figure={figure} /> },
    {
      title: { en: "Difference", zh: "差值" },
      number: true,
      cell: ({ unit, difference }) =>
        difference && (
          <>
            {signed(unit, difference.value)} <Range unit={unit} low={difference.low} high={difference.high} isSigned />
          </>
        ),
    },
    {
      title: { en: "Verdict", zh: "结论" },
      cell: (figure) => {
        const verdict = verdictOf(figure);
        return verdict && <span class={`badge verdict-${verdict}`}>{say(VERDICTS[verdict])}</span>;
      },
    },
  ];
}

function Value({ figure: { unit }, value }: { figure: ComparedFigure; value: ComparedValue | undefined }) {
  if (value === undefined) return <span class="no-data">–</span>;
  const { low, high, count } = value;
  return (
    <span title={say({ en: `of ${count} requests`, zh: `共 ${count} 个请求` })}>
      {formatValue({ unit }, value.value, language.value)}{" "}
      {low !== undefined && high !== undefined && <Range unit={unit} low={low} high={high} />}
    </span>
  );
}

interface RangeProps {
  unit: string;
  low: number;
  high: number;
  isSigned?: boolean;
}

function Range({ unit, low, high, isSigned = false }: RangeProps) {
  const text = (value: number): string =>
    isSigned ? signed(unit, value) : formatValue({ unit }, value, language.value);
  return (
    <small class="quiet">
      [{text(low)} … {text(high)}]
    </small>
  );
}

/** Two shares differ by percentage points, not by percent. */
function signed(unit: string, value: number): string {
  const text =
    unit === "%"
      ? `${formatNumber({ unit }, value)} ${say({ en: "pp", zh: "个百分点" })}`
      : formatValue({ unit }, value, language.value);
  return `${value > 0 ? "+" : ""}${text}`;
}
