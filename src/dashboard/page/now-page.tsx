import type { AlertsView } from "../../alert/alert-view.js";
import type { BoardFigures } from "../../query/board-figures.js";
import type { StatusView } from "../api/status-view.js";
import { apiPath } from "./api-path.js";
import { FiringAlerts } from "./firing-alerts.js";
import { say } from "./language.js";
import { ModelTable } from "./model-table.js";
import { NowCharts } from "./now-charts.js";
import { NowTiles } from "./now-tiles.js";
import { RecentRequests } from "./recent-requests.js";
import { chosen } from "./route.js";
import { Segments } from "./segments.js";
import { useLive } from "./use-live.js";

const WINDOWS = [
  { value: "300", label: { en: "5 min", zh: "5 分钟" } },
  { value: "900", label: { en: "15 min", zh: "15 分钟" } },
  { value: "3600", label: { en: "1 h", zh: "1 小时" } },
  { value: "86400", label: { en: "24 h", zh: "24 小时" } },
] as const;

export function NowPage({ status, alerts }: { status: StatusView; alerts: AlertsView | undefined }) {
  const window = WINDOWS.find(({ value }) => value === chosen("window")) ?? WINDOWS[0];
  const windowS = Number(window.value);
  const service = chosen("service");
  const path = apiPath("/api/indicators", { window: windowS, "where.service": service });
  const { data: figures, failure } = useLive<BoardFigures>(path, ["indicators", "traces"], 5000);
  return (
    <>
      <FiringAlerts alerts={alerts} />
      <div class="title-row">
        <h1>{say({ en: "Now", zh: "实时" })}</h1>
        <Segments legend={{ en: "Window", zh: "时间窗口" }} name="window" choices={WINDOWS} value={window.value} />
      </div>
      {failure && <p class="notice">{failure}</p>}
      {figures && <NowTiles figures={figures} alerts={alerts} service={service} />}
      <NowCharts service={service} oldest={status.oldest} />
      <div class="columns">
        <ModelTable windowS={windowS} service={service} />
        <RecentRequests service={service} />
      </div>
    </>
  );
}
