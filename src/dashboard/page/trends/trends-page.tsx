import type { AlertsView } from "../../../alert/alert-view.js";
import { findIndicator } from "../../../indicators/catalogue.js";
import type { StatusView } from "../../api/status-view.js";
import { DEFAULT_RANGE, OWN_RANGE, timeRange } from "../controls/time-range.js";
import { say } from "../language.js";
import { chosen } from "../route.js";
import { useNow } from "../use-now.js";
import { TrendsChart } from "./trends-chart.js";
import { IndicatorSelect, OwnRange, RangeSegments, SplitSelect } from "./trends-controls.js";
import { TrendsStatistics } from "./trends-statistics.js";
import "./trends.css";

const EVERY_MS = 10_000;
const DEFAULT_INDICATOR = "response_time.p95";

interface TrendsPageProps {
  status: StatusView;
  alerts: AlertsView | undefined;
}

/** One indicator over a time that the reader chooses, with what happened in it. */
export function TrendsPage({ status, alerts }: TrendsPageProps) {
  const nowMs = useNow(EVERY_MS);
  const range = chosen("range") ?? DEFAULT_RANGE;
  const time = timeRange({ range, from: chosen("from"), to: chosen("to") }, nowMs);
  const service = chosen("service");
  const id = chosen("indicator") ?? DEFAULT_INDICATOR;
  const indicator = findIndicator(id);
  const by = chosen("by");
  return (
    <>
      <div class="title-row">
        <h1>{say({ en: "Trends", zh: "趋势" })}</h1>
        <RangeSegments range={range} shown={time} />
      </div>
      <div class="filters">
        <IndicatorSelect value={id} by={by} />
        <SplitSelect indicator={indicator} value={by} />
        {range === OWN_RANGE && <OwnRange key={chosen("from")} from={chosen("from")} to={chosen("to")} />}
      </div>
      {indicator === undefined && (
        <p class="notice">
          {say({ en: "There is no such indicator: ", zh: "没有这个指标：" })}
          <code>{id}</code>
        </p>
      )}
      {time === undefined && (
        <p class="notice">
          {say({
            en: "Choose a beginning that is before the end, at most 400 days apart.",
            zh: "请选择早于结束时间的开始时间，两者最多相隔 400 天。",
          })}
        </p>
      )}
      {time !== undefined && indicator !== undefined && (
        <TrendsChart
          key={[id, by, service, range, chosen("from"), chosen("to")].join("|")}
          indicator={indicator}
          by={by}
          service={service}
          time={time}
          nowMs={nowMs}
          alerts={alerts}
          oldest={status.oldest}
        />
      )}
      {time !== undefined && <TrendsStatistics time={time} service={service} nowMs={nowMs} />}
    </>
  );
}
