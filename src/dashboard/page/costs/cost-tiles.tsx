import type { ComponentChildren } from "preact";
import { formatValue } from "../../../indicators/format-value.js";
import type { BilingualText } from "../../../indicators/language.js";
import type { SamplesListView } from "../../api/indicators-view.js";
import type { MonthSpendView } from "../../api/month-spend-view.js";
import { apiPath } from "../api-path.js";
import { language, say } from "../language.js";
import { viewPath } from "../route.js";
import { useLive } from "../use-live.js";

interface CostTilesProps {
  windowS: number;
  /** What the window is called. */
  range: BilingualText;
  service: string | undefined;
}

const IDS = ["cost.total", "cost.per_request", "cost.per_call", "llm.unpriced_rate"];
const EVERY_MS = 30_000;
const DAY_MS = 86_400_000;

const usd = (value: number): string => formatValue({ unit: "USD" }, value, language.value);

export function CostTiles({ windowS, range, service }: CostTilesProps) {
  const asked = { "where.service": service };
  const figures = useLive<SamplesListView>(
    apiPath("/api/samples", { ids: IDS.join(","), window: windowS, ...asked }),
    [],
    EVERY_MS,
  );
  const month = useLive<MonthSpendView>(apiPath("/api/costs/month", asked), [], EVERY_MS);
  const value = (id: string): number | undefined =>
    figures.data?.indicators.find(({ indicator }) => indicator === id)?.samples[0]?.value;
  const unpriced = value("llm.unpriced_rate");
  const failure = figures.failure ?? month.failure;
  return (
    <>
      {failure && <p class="notice">{failure}</p>}
      <section class="tiles cost-tiles" aria-label={say({ en: "Figures", zh: "指标" })}>
        <Tile title={{ en: `Spent, ${range.en}`, zh: `${range.zh}花费` }} value={money(value("cost.total"))}>
          {part({ en: "Per request", zh: "每请求" }, value("cost.per_request"))}
          {part({ en: "Per call", zh: "每次调用" }, value("cost.per_call"))}
        </Tile>
        <Tile title={{ en: "This month so far", zh: "本月至今" }} value={money(month.data?.spent_usd)}>
          {month.data?.seen_since && (
            <p class="quiet">
              {say({ en: "known since", zh: "数据始于" })} {day(month.data.seen_since)}
            </p>
          )}
        </Tile>
        <Tile title={{ en: "At this rate by month's end", zh: "按此速度至月底" }} value={money(month.data?.by_end_usd)}>
          {month.data?.rate && <Rate rate={month.data.rate} at={month.data.at} />}
        </Tile>
        <Tile
          title={{ en: "Calls without a known price", zh: "价格未知的调用" }}
          value={unpriced === undefined ? undefined : formatValue({ unit: "%" }, unpriced, language.value)}
        >
          {unpriced !== undefined && unpriced > 0 && (
            <p>
              {say({ en: "Costs leave them out.", zh: "成本不含这些调用。" })}{" "}
              <a href={`${viewPath("setup")}#prices`}>{say({ en: "Which models", zh: "查看模型" })}</a>
            </p>
          )}
          {unpriced === 0 && <p class="quiet">{say({ en: "Costs are complete.", zh: "成本完整。" })}</p>}
        </Tile>
      </section>
    </>
  );
}

function Rate({ rate, at }: { rate: NonNullable<MonthSpendView["rate"]>; at: string }) {
  const isShort = Date.parse(at) - Date.parse(rate.from) < DAY_MS;
  return (
    <p class="quiet">
      {usd(rate.per_day_usd)} {say({ en: "a day, as since", zh: "每天，依据始于" })} {day(rate.from)}
      {say({ en: "; the month is that of UTC.", zh: " 的数据；月份按 UTC 计。" })}
      {isShort && say({ en: " Less than a day is little to go by.", zh: "数据不足一天，仅供参考。" })}
    </p>
  );
}

interface TileProps {
  title: BilingualText;
  value: string | undefined;
  children: ComponentChildren;
}

function Tile({ title, value, children }: TileProps) {
  return (
    <article class="card tile">
      <h2>{say(title)}</h2>
      <p class="figure">
        {value ?? (
          <span class="no-data">
            <span aria-hidden="true">–</span>
            <span class="sr-only">{say({ en: "no data", zh: "暂无数据" })}</span>
          </span>
        )}
      </p>
      <div class="tile-notes">{children}</div>
    </article>
  );
}

function part(label: BilingualText, value: number | undefined) {
  if (value === undefined) return null;
  return (
    <p>
      <span class="quiet">{say(label)}</span> {usd(value)}
    </p>
  );
}

const money = (value: number | undefined): string | undefined => (value === undefined ? undefined : usd(value));

/** A day, and the time of one that is today. */
function day(iso: string): string {
  const time = new Date(iso);
  const locale = language.value === "zh" ? "zh-CN" : "en-GB";
  return time.toDateString() === new Date().toDateString()
    ? time.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" })
    : time.toLocaleDateString(locale, { month: "short", day: "numeric" });
}
