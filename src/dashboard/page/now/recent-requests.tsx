import type { RequestsView } from "../../api/requests-view.js";
import { apiPath } from "../api-path.js";
import { say } from "../language.js";
import { RequestTable } from "../requests/request-table.js";
import { useLive } from "../use-live.js";

export function RecentRequests({ service }: { service: string | undefined }) {
  const path = apiPath("/api/requests", { limit: 10, service });
  const requests = useLive<RequestsView>(path, ["traces"]).data?.requests ?? [];
  return (
    <section class="card">
      <h2>
        {say({ en: "Newest requests", zh: "最新请求" })}
        <a href="/traces">{say({ en: "All traces", zh: "全部链路" })}</a>
      </h2>
      {requests.length === 0 ? (
        <p class="quiet">
          {say({ en: "No request records yet; chainwatch sends them.", zh: "暂无请求记录；由 chainwatch 发送。" })}
        </p>
      ) : (
        <RequestTable requests={requests} />
      )}
    </section>
  );
}
