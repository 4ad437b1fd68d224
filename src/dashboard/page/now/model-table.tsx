import { viewPath } from "../route.js";
import { SplitTable } from "../split-table.js";

/** Who the work and the money go to. */
export function ModelTable({ windowS, service }: { windowS: number; service: string | undefined }) {
  return (
    <SplitTable
      title={{ en: "Models", zh: "模型" }}
      by="model"
      rowTitle={{ en: "Model", zh: "模型" }}
      columns={[
        { id: "cost.total", title: { en: "Cost", zh: "成本" } },
        { id: "cost.per_call", title: { en: "Per call", zh: "每次调用" } },
        { id: "llm.calls", title: { en: "Calls", zh: "调用" } },
        { id: "llm.error_rate", title: { en: "Errors", zh: "错误" } },
        { id: "llm.time", title: { en: "Time", zh: "耗时" } },
        { id: "tokens.total", title: { en: "Tokens", zh: "Token" } },
      ]}
      empty={{ en: "No model calls in this window.", zh: "此窗口内没有模型调用。" }}
      hrefOf={(model) => viewPath("traces", { model, sort: "slowest" })}
      windowS={windowS}
      service={service}
    />
  );
}
