import type { AlertsView } from "../../../alert/alert-view.js";
import { formatValue } from "../../../indicators/format-value.js";
import type { BilingualText } from "../../../indicators/language.js";
import type { BoardFigure, BoardFigures } from "../../../query/board-figures.js";
import { figureChange } from "../../figure-change.js";
import { type FigureWindow, figureLink } from "../figure-link.js";
import { language, say } from "../language.js";

interface Tile {
  title: BilingualText;
  main: string;
  rest: readonly { id: string; label: BilingualText }[];
}

const P95: BilingualText = { en: "P95", zh: "P95" };

const TILES: readonly Tile[] = [
  {
    title: { en: "Requests", zh: "请求" },
    main: "requests.count",
    rest: [
      { id: "requests.rate", label: { en: "QPS", zh: "QPS" } },
      { id: "requests.rate_peak", label: { en: "Peak", zh: "峰值" } },
    ],
  },
  {
    title: { en: "Success rate", zh: "成功率" },
    main: "success_rate",
    rest: [
      { id: "error_rate", label: { en: "Errors", zh: "错误" } },
      { id: "timeout_rate", label: { en: "Timeouts", zh: "超时" } },
    ],
  },
  {
    title: { en: "Response time, average", zh: "平均响应时间" },
    main: "response_time.avg",
    rest: [
      { id: "response_time.p50", label: { en: "P50", zh: "P50" } },
      { id: "response_time.p95", label: P95 },
      { id: "response_time.p99", label: { en: "P99", zh: "P99" } },
    ],
  },
  {
    title: { en: "Time to first token, P50", zh: "首字时间 P50" },
    main: "ttft.p50",
    rest: [{ id: "ttft.p95", label: P95 }],
  },
  {
    title: { en: "In progress", zh: "当前并发" },
    main: "concurrency.current",
    rest: [{ id: "concurrency.peak", label: { en: "Peak", zh: "峰值" } }],
  },
  { title: { en: "Active users", zh: "活跃用户" }, main: "users.active", rest: [] },
  {
    title: { en: "Model calls", zh: "模型调用" },
    main: "llm.calls",
    rest: [
      { id: "llm.time", label: { en: "Time", zh: "耗时" } },
      { id: "llm.error_rate", label: { en: "Errors", zh: "错误" } },
      { id: "llm.retries", label: { en: "Retries", zh: "重试" } },
    ],
  },
  {
    title: { en: "Tool calls", zh: "工具调用" },
    main: "tools.calls",
    rest: [{ id: "tools.error_rate", label: { en: "Errors", zh: "错误" } }],
  },
  {
    title: { en: "Tokens", zh: "Token" },
    main: "tokens.total",
    rest: [
      { id: "tokens.input", label: { en: "Input", zh: "输入" } },
      { id: "tokens.cached", label: { en: "cached", zh: "缓存" } },
      { id: "tokens.output", label: { en: "Output", zh: "输出" } },
      { id: "tokens.reasoning", label: { en: "reasoning", zh: "推理" } },
    ],
  },
  {
    title: { en: "Cost", zh: "成本" },
    main: "cost.total",
    rest: [
      { id: "cost.per_request", label: { en: "Per request", zh: "每请求" } },
      { id: "cost.per_call", label: { en: "Per call", zh: "每次调用" } },
    ],
  },
];

interface NowTilesProps {
  figures: BoardFigures;
  alerts: AlertsView | undefined;
  service: string | undefined;
}

export function NowTiles({ figures, alerts, service }: NowTilesProps) {
  const window: FigureWindow = { at: figures.at, windowS: figures.window_s, service };
  const byId = new Map(figures.indicators.map((figure) => [figure.id, figure]));
  const firing = alerts?.active.filter((alert) => alert.to === "firing").map((alert) => alert.indicator) ?? [];
  const compared = figures.indicators.some(({ before }) => before !== undefined);
  const tileClass = ({ main, rest }: Tile): string =>
    [main, ...rest.map(({ id }) => id)].some((id) => firing.includes(id)) ? "card tile alerting" : "card tile";
  return (
    <section class={compared ? "tiles compared" : "tiles"} aria-label={say({ en: "Figures", zh: "指标" })}>
      {TILES.map((tile) => (
        <article class={tileClass(tile)} key={tile.main} data-indicator={tile.main}>
          <h2>{say(tile.title)}</h2>
          <p class="figure">
            <Value figure={byId.get(tile.main)} window={window} />
            <Change figure={byId.get(tile.main)} />
          </p>
          <dl>
            {tile.rest.map(({ id, label }) => (
              <div key={id} data-indicator={id} class={firing.includes(id) ? "alerting" : undefined}>
                <dt>{say(label)}</dt>
                <dd>
                  <Value figure={byId.get(id)} window={window} />
                </dd>
                {compared && (
                  <dd class="change-cell">
                    <Change figure={byId.get(id)} />
                  </dd>
                )}
              </div>
            ))}
          </dl>
        </article>
      ))}
    </section>
  );
}

function Value({ figure, window }: { figure: BoardFigure | undefined; window: FigureWindow }) {
  if (figure?.value === undefined) {
    const why = figure?.error ?? say({ en: "no data", zh: "暂无数据" });
    return (
      <span class="no-data" title={why}>
        <span aria-hidden="true">–</span>
        <span class="sr-only">{why}</span>
      </span>
    );
  }
  const text = formatValue(figure, figure.value, language.value);
  const href = figureLink(figure.id, window);
  if (href === undefined) return <span title={say(figure.name)}>{text}</span>;
  return (
    <a class="figure-link" href={href} title={`${say(figure.name)} → ${say({ en: "its requests", zh: "对应的请求" })}`}>
      {text}
    </a>
  );
}

const VERDICT_TEXT = {
  better: { en: "better", zh: "变好" },
  worse: { en: "worse", zh: "变差" },
} as const;

/** Against an hour earlier. */
function Change({ figure }: { figure: BoardFigure | undefined }) {
  const change = figure && figureChange(figure);
  if (figure?.before === undefined || change === undefined) return null;
  const before = formatValue(figure, figure.before, language.value);
  const was = say({ en: `an hour earlier ${before}`, zh: `一小时前 ${before}` });
  return (
    <span class={`change ${change.verdict ?? "neutral"}`} title={was}>
      {change.text}
      <span class="sr-only">
        {change.verdict && ` ${say(VERDICT_TEXT[change.verdict])}`} {was}
      </span>
    </span>
  );
}
