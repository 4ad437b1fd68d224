import { requestsLink } from "../../../alert/requests-link.js";
import type { Dimension } from "../../../indicators/dimension.js";
import { Segments } from "../controls/segments.js";
import { say } from "../language.js";
import { chosen, viewPath } from "../route.js";
import { SplitTable } from "../split-table.js";
import { useNow } from "../use-now.js";
import { CostChart } from "./cost-chart.js";
import { CostTiles } from "./cost-tiles.js";
import "./costs.css";

const RANGES = [
  { value: "24h", label: { en: "24 h", zh: "24 小时" }, windowS: 86_400, stepS: 3600 },
  { value: "7d", label: { en: "7 d", zh: "7 天" }, windowS: 604_800, stepS: 86_400 },
  { value: "30d", label: { en: "30 d", zh: "30 天" }, windowS: 2_592_000, stepS: 86_400 },
] as const;

const COST = { id: "cost.total", title: { en: "Cost", zh: "成本" } };
const PER_REQUEST = { id: "cost.per_request", title: { en: "Per request", zh: "每请求" } };
const REQUESTS = { id: "requests.count", title: { en: "Requests", zh: "请求" } };
const TOKENS = { id: "tokens.total", title: { en: "Tokens", zh: "Token" } };

/** What is spent, on what and by whom. */
export function CostsPage() {
  const range = RANGES.find(({ value }) => value === chosen("range")) ?? RANGES[0];
  const service = chosen("service");
  const nowMs = useNow(60_000);
  const { windowS } = range;
  const asked = { windowS, service };
  const linkTo =
    (dimension: Dimension) =>
    (name: string): string => {
      const where = { ...(service !== undefined && { service }), [dimension]: name };
      return requestsLink("cost.total", { atMs: nowMs, windowS, where }) ?? "/requests";
    };
  return (
    <>
      <div class="title-row">
        <h1>{say({ en: "Costs", zh: "成本" })}</h1>
        <Segments legend={{ en: "Time", zh: "时间范围" }} name="range" choices={RANGES} value={range.value} />
      </div>
      <CostTiles {...asked} range={range.label} />
      <CostChart key={`${range.value}|${service}`} {...asked} stepS={range.stepS} nowMs={nowMs} />
      <div class="cost-tables">
        <SplitTable
          {...asked}
          title={{ en: "By model", zh: "按模型" }}
          by="model"
          rowTitle={{ en: "Model", zh: "模型" }}
          columns={[
            COST,
            { id: "cost.per_call", title: { en: "Per call", zh: "每次调用" } },
            { id: "llm.calls", title: { en: "Calls", zh: "调用" } },
            TOKENS,
          ]}
          share
          empty={{ en: "No model calls in this time.", zh: "此时间范围内没有模型调用。" }}
          hrefOf={(model) => viewPath("traces", { model, sort: "most_expensive" })}
        />
        <SplitTable
          {...asked}
          title={{ en: "By request type", zh: "按请求类型" }}
          by="type"
          rowTitle={{ en: "Type", zh: "类型" }}
          columns={[COST, PER_REQUEST, REQUESTS]}
          share
          empty={{ en: "No requests in this time.", zh: "此时间范围内没有请求。" }}
          hrefOf={linkTo("type")}
        />
        <SplitTable
          {...asked}
          title={{ en: "Top spenders", zh: "花费最多的用户" }}
          by="user"
          rowTitle={{ en: "User", zh: "用户" }}
          columns={[COST, PER_REQUEST, REQUESTS, TOKENS]}
          share
          empty={{
            en: "No request names its user: give userId in withRequest().",
            zh: "请求中没有用户：请在 withRequest() 中给出 userId。",
          }}
          hrefOf={linkTo("user")}
        />
        <SplitTable
          {...asked}
          title={{ en: "By tenant", zh: "按租户" }}
          by="tenant"
          rowTitle={{ en: "Tenant", zh: "租户" }}
          columns={[COST, PER_REQUEST, REQUESTS, TOKENS]}
          share
          empty={{
            en: "No request names its tenant: give tenant in withRequest().",
            zh: "请求中没有租户：请在 withRequest() 中给出 tenant。",
          }}
          hrefOf={linkTo("tenant")}
        />
        <SplitTable
          {...asked}
          title={{ en: "By release", zh: "按版本" }}
          by="release"
          rowTitle={{ en: "Release", zh: "版本" }}
          columns={[COST, PER_REQUEST, REQUESTS]}
          share
          empty={{ en: "No requests in this time.", zh: "此时间范围内没有请求。" }}
          hrefOf={linkTo("release")}
        />
      </div>
    </>
  );
}
