import { viewPath } from "../route.js";
import { SplitTable } from "../split-table.js";

export function NowTypes({ windowS, service }: { windowS: number; service: string | undefined }) {
  return (
    <SplitTable
      title={{ en: "Request types", zh: "请求类型" }}
      by="type"
      rowTitle={{ en: "Type", zh: "类型" }}
      columns={[
        { id: "requests.count", title: { en: "Requests", zh: "请求" } },
        { id: "success_rate", title: { en: "Success", zh: "成功率" } },
        { id: "response_time.p95", title: { en: "P95", zh: "P95" } },
      ]}
      share
      empty={{ en: "No requests in this window.", zh: "此窗口内没有请求。" }}
      hrefOf={(type) => viewPath("traces", { type })}
      windowS={windowS}
      service={service}
    />
  );
}
