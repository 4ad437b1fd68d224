import { formatDuration as exactDuration } from "../../../alert/duration.js";
import { watchedFigure } from "../../../alert/watched.js";
import type { IndicatorUnit } from "../../../indicators/indicator.js";
import type { BacktestFiringView } from "../../api/backtest-result.js";
import type { BacktestView } from "../../api/backtest-view.js";
import { FigureChart } from "../chart/figure-chart.js";
import { LINE_COLORS } from "../chart/time-chart.js";
import { CodeBlock } from "../code-block.js";
import { formatTime } from "../format.js";
import { language, say } from "../language.js";
import { type Column, Table } from "../table.js";
import { LabelValues } from "./alert-badges.js";
import { REASON_TEXT } from "./alert-words.js";

/** The newest firings are shown; a rule that fires more often than this is not read line by line. */
const FIRINGS_SHOWN = 100;

const formatDuration = (seconds: number): string => exactDuration(Math.round(seconds));

export function BacktestResult({ result }: { result: BacktestView }) {
  const { rule, series, step_s: step, firings, yaml, odd } = result;
  const firstS = Date.parse(result.from) / 1000;
  const lastS = Date.parse(result.to) / 1000;
  const times = Array.from({ length: Math.round((lastS - firstS) / step) + 1 }, (_, index) => firstS + index * step);
  return (
    <>
      <p class="backtest-verdict">
        <strong>{verdictText(result)}</strong> <span class="quiet">{basisText(result)}</span>
      </p>
      <Notes texts={[...noteTexts(result), ...odd]} />
      <FigureChart
        title={rule.name}
        unit={rule.unit as IndicatorUnit}
        times={times}
        step={step}
        height={220}
        lines={series.map(({ labels, values }, index) => ({
          label: Object.values(labels).join(" ") || say({ en: "Value", zh: "数值" }),
          color: LINE_COLORS[index % LINE_COLORS.length] ?? "--accent",
          values: values.map((value) => value ?? undefined),
        }))}
        {...(rule.when && { threshold: rule.when.value })}
        least={lowestOf(result)}
        periods={firings.map(({ from, to }) => ({
          from: Date.parse(from) / 1000,
          ...(to !== undefined && { to: Date.parse(to) / 1000 }),
          color: "--bad",
        }))}
      />
      <section class="card">
        <h2>{say({ en: "Would have fired", zh: "将会触发" })}</h2>
        {firings.length === 0 ? (
          <p class="quiet">
            {say({
              en: "Never in this time. Lower the threshold, or look further back, to see it fire.",
              zh: "在此时间内不会触发。可调整阈值，或选择更长的时间。",
            })}
          </p>
        ) : (
          <Table
            class="alert-rows"
            columns={firingColumns(result)}
            rows={firings.slice(-FIRINGS_SHOWN).reverse()}
            rowKey={({ from, labels }) => `${from} ${JSON.stringify(labels)}`}
            label={{ en: "Would have fired", zh: "将会触发" }}
          />
        )}
        {firings.length > FIRINGS_SHOWN && (
          <p class="quiet">
            {say({
              en: `${firings.length - FIRINGS_SHOWN} before these are not shown.`,
              zh: `更早的 ${firings.length - FIRINGS_SHOWN} 次未显示。`,
            })}
          </p>
        )}
      </section>
      <details class="card backtest-use">
        <summary>{say({ en: "Use this", zh: "使用此规则" })}</summary>
        <div>
          <p>
            {say({
              en: "Put this into chainwatch.yaml, in place of the rule of this id, or below the others. The server reads the file again by itself.",
              zh: "把它放入 chainwatch.yaml，替换同 id 的规则，或加在其他规则之后。服务器会自动重新读取该文件。",
            })}
          </p>
          <CodeBlock code={yaml} />
        </div>
      </details>
    </>
  );
}

function Notes({ texts }: { texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <ul class="notice backtest-notes">
      {texts.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

/** Of the drawing: a change may be below 0, and so may what it is held against. */
function lowestOf({ series, rule }: BacktestView): number {
  const values = series.flatMap(({ values }) => values);
  return values.reduce<number>((lowest, value) => Math.min(lowest, value ?? 0), Math.min(0, rule.when?.value ?? 0));
}

/** `Would have fired 3 times, 12m in all, 8m at most` */
function verdictText({ fired, firing_s: inAll, longest_s: longest }: BacktestView): string {
  if (fired === 0) return say({ en: "Would not have fired", zh: "不会触发" });
  const [all, most] = [formatDuration(inAll), formatDuration(longest)];
  return say({
    en: `Would have fired ${fired === 1 ? "once" : `${fired} times`}, ${all} in all, ${most} at most`,
    zh: `将会触发 ${fired} 次，共 ${all}，最长 ${most}`,
  });
}

function basisText({ from, to, evaluations, step_s: step }: BacktestView): string {
  const [begin, end] = [formatTime(from, language.value), formatTime(to, language.value)];
  return say({
    en: `${begin} to ${end}: ${evaluations} evaluations, one every ${formatDuration(step)}`,
    zh: `${begin} 至 ${end}：评估 ${evaluations} 次，每 ${formatDuration(step)} 一次`,
  });
}

/** What to know before believing the verdict: a rule that looks quiet may only have had no answer. */
function noteTexts(result: BacktestView): string[] {
  const { evaluations, without_data: empty, failed, error, too_few: few, step_s: step, rule } = result;
  const texts: string[] = [];
  if (step > rule.interval_s) {
    texts.push(
      say({
        en: `The rule is evaluated every ${formatDuration(rule.interval_s)}; over so long a time it was tried every ${formatDuration(step)}, so what is shorter may be missed.`,
        zh: `规则每 ${formatDuration(rule.interval_s)} 评估一次；时间较长，回测每 ${formatDuration(step)} 评估一次，短暂的触发可能遗漏。`,
      }),
    );
  }
  if (error !== undefined) {
    texts.push(
      say({
        en: `No answer at ${failed} of ${evaluations} evaluations: ${error.en}`,
        zh: `${evaluations} 次评估中 ${failed} 次得不到答案：${error.zh}`,
      }),
    );
  }
  if (empty > 0) {
    texts.push(
      say({
        en: `No data at ${empty} of ${evaluations} evaluations.`,
        zh: `${evaluations} 次评估中 ${empty} 次没有数据。`,
      }),
    );
  }
  if (few > 0) {
    texts.push(
      say({
        en: `Fewer than ${rule.min_requests} requests at ${few} of ${evaluations} evaluations: too few to judge by, and not drawn.`,
        zh: `${evaluations} 次评估中 ${few} 次请求数少于 ${rule.min_requests}，不足以判断，图中不显示。`,
      }),
    );
  }
  if (result.series_left_out > 0) {
    texts.push(
      say({
        en: `The ${result.series.length} series nearest to firing are drawn; ${result.series_left_out} more were tried.`,
        zh: `图中显示最接近触发的 ${result.series.length} 个序列，另有 ${result.series_left_out} 个已回测但未显示。`,
      }),
    );
  }
  return texts;
}

function firingColumns({ rule }: BacktestView): readonly Column<BacktestFiringView>[] {
  const time = (iso: string): string => formatTime(iso, language.value);
  return [
    { title: { en: "From", zh: "开始" }, header: true, cell: ({ from }) => time(from) },
    {
      title: { en: "To", zh: "结束" },
      cell: ({ to }) => (to === undefined ? say({ en: "fires still", zh: "仍在触发" }) : time(to)),
    },
    { title: { en: "Lasted", zh: "持续" }, number: true, cell: ({ duration_s: s }) => formatDuration(s) },
    {
      title: { en: "Value", zh: "数值" },
      number: true,
      cell: ({ value, reason }) =>
        value === undefined ? say(REASON_TEXT[reason]) : watchedFigure(rule, value, language.value),
    },
    { title: { en: "Labels", zh: "标签" }, class: "name", cell: ({ labels }) => <LabelValues labels={labels} /> },
    {
      title: { en: "Ended because", zh: "结束原因" },
      class: "quiet",
      cell: ({ end_reason: reason }) => reason && say(REASON_TEXT[reason]),
    },
  ];
}
