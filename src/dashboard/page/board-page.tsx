import { useState } from "preact/hooks";
import type { AlertsView } from "../../alert/alert-view.js";
import type { BilingualText } from "../../indicators/language.js";
import type { BoardFigures } from "../../query/board-figures.js";
import type { StatusView } from "../api/status-view.js";
import { apiPath } from "./api-path.js";
import { BoardCharts } from "./board-charts.js";
import { BoardTiles } from "./board-tiles.js";
import { FiringAlerts } from "./firing-alerts.js";
import { say } from "./language.js";
import { ModelTable } from "./model-table.js";
import { RecentRequests } from "./recent-requests.js";
import { chosenService } from "./service-filter.js";
import { useLive } from "./use-live.js";

const WINDOWS: readonly { seconds: number; label: BilingualText }[] = [
  { seconds: 300, label: { en: "5 min", zh: "5 分钟" } },
  { seconds: 900, label: { en: "15 min", zh: "15 分钟" } },
  { seconds: 3600, label: { en: "1 h", zh: "1 小时" } },
  { seconds: 86_400, label: { en: "24 h", zh: "24 小时" } },
];

export function BoardPage({ status, alerts }: { status: StatusView; alerts: AlertsView | undefined }) {
  const [windowS, setWindowS] = useState(300);
  const service = chosenService.value;
  const path = apiPath("/api/indicators", { window: windowS, "where.service": service });
  const { data: figures, failure } = useLive<BoardFigures>(path, ["indicators", "traces"], 5000);
  return (
    <>
      <FiringAlerts alerts={alerts} />
      <div class="title-row">
        <h1>{say({ en: "Board", zh: "看板" })}</h1>
        <fieldset class="segments">
          <legend class="sr-only">{say({ en: "Window", zh: "时间窗口" })}</legend>
          {WINDOWS.map(({ seconds, label }) => (
            <button type="button" key={seconds} aria-pressed={seconds === windowS} onClick={() => setWindowS(seconds)}>
              {say(label)}
            </button>
          ))}
        </fieldset>
      </div>
      {failure && <p class="notice">{failure}</p>}
      {figures && <BoardTiles figures={figures} alerts={alerts} service={service} />}
      <BoardCharts service={service} oldest={status.oldest} />
      <div class="columns">
        <ModelTable windowS={windowS} service={service} />
        <RecentRequests service={service} />
      </div>
    </>
  );
}
