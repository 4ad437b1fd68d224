import type { AlertsView } from "../../../alert/alert-view.js";
import type { BoardFigures } from "../../../query/board-figures.js";
import type { StatusView } from "../../api/status-view.js";
import { FiringAlerts } from "../alerts/firing-alerts.js";
import { apiPath } from "../api-path.js";
import { Segments } from "../controls/segments.js";
import { formatTime } from "../format.js";
import { language, say } from "../language.js";
import { chosen } from "../route.js";
import { useLive } from "../use-live.js";
import { ModelTable } from "./model-table.js";
import { NowCharts } from "./now-charts.js";
import { NowQueries } from "./now-queries.js";
import { NowTiles } from "./now-tiles.js";
import { NowTools } from "./now-tools.js";
import { NowTypes } from "./now-types.js";
import { RecentRequests } from "./recent-requests.js";
import "./now.css";

const WINDOWS = [
  { value: "300", label: { en: "5 min", zh: "5 分钟" } },
  { value: "900", label: { en: "15 min", zh: "15 分钟" } },
  { value: "3600", label: { en: "1 h", zh: "1 小时" } },
  { value: "86400", label: { en: "24 h", zh: "24 小时" } },
] as const;

/** Longer windows move slowly, and cost more to read. Seconds. */
const LONG_WINDOW_S = 3600;

export function NowPage({ status, alerts }: { status: StatusView; alerts: AlertsView | undefined }) {
  const window = WINDOWS.find(({ value }) => value === chosen("window")) ?? WINDOWS[0];
  const windowS = Number(window.value);
  const service = chosen("service");
  return (
    <>
      <FiringAlerts alerts={alerts} />
      <NowFigures window={window.value} service={service} alerts={alerts} />
      <NowCharts windowS={windowS} service={service} oldest={status.oldest} />
      <div class="columns">
        <div class="stack">
          <ModelTable windowS={windowS} service={service} />
          <NowTools windowS={windowS} service={service} />
          <NowQueries windowS={windowS} service={service} />
        </div>
        <div class="stack">
          <NowTypes windowS={windowS} service={service} />
          <RecentRequests service={service} />
        </div>
      </div>
    </>
  );
}

interface NowFiguresProps {
  window: string;
  service: string | undefined;
  alerts: AlertsView | undefined;
}

/** Stands before the others, so it asks first, and its answer is not behind theirs. */
function NowFigures({ window, service, alerts }: NowFiguresProps) {
  const long = Number(window) > LONG_WINDOW_S;
  const path = apiPath("/api/indicators", {
    window,
    // Two windows that are nearly the same say nothing.
    compare: long ? undefined : "hour",
    "where.service": service,
  });
  const news = long ? [] : (["indicators", "traces"] as const);
  const { data: figures, failure } = useLive<BoardFigures>(path, news, long ? 30_000 : 5000);
  const compared = figures?.indicators.some(({ before }) => before !== undefined);
  return (
    <>
      <div class="title-row">
        <h1>{say({ en: "Now", zh: "实时" })}</h1>
        {figures && (
          <p class="quiet as-of">
            {formatTime(figures.at, language.value)}
            {compared && say({ en: " · changes against an hour earlier", zh: " · 变化为与一小时前相比" })}
          </p>
        )}
        <Segments legend={{ en: "Window", zh: "时间窗口" }} name="window" choices={WINDOWS} value={window} />
      </div>
      {failure && <p class="notice">{failure}</p>}
      {figures && <NowTiles figures={figures} alerts={alerts} service={service} />}
    </>
  );
}
