import { formatValue } from "../../indicators/format-value.js";
import type { RequestRecord } from "../../store/request-record.js";
import { formatCount, formatDuration, formatTime } from "./format.js";
import { language, say } from "./language.js";
import { OutcomeBadge } from "./outcome-badge.js";

/** A row a request, each a link to its trace. */
export function RequestTable({ requests }: { requests: readonly RequestRecord[] }) {
  return (
    <div class="scroll">
      <table class="rows-linked">
        <thead>
          <tr>
            <th scope="col">{say({ en: "Time", zh: "时间" })}</th>
            <th scope="col">{say({ en: "Type", zh: "类型" })}</th>
            <th scope="col">{say({ en: "User", zh: "用户" })}</th>
            <th scope="col">{say({ en: "Outcome", zh: "结果" })}</th>
            <th scope="col" class="number">
              {say({ en: "Took", zh: "耗时" })}
            </th>
            <th scope="col" class="number">
              {say({ en: "Tokens", zh: "Token" })}
            </th>
            <th scope="col" class="number">
              {say({ en: "Cost", zh: "成本" })}
            </th>
          </tr>
        </thead>
        <tbody>
          {requests.map((request) => (
            <tr key={request.request_id}>
              <td>
                <a class="row-link" href={`/traces/${request.trace_id}`}>
                  {formatTime(request.timestamp, language.value)}
                </a>
              </td>
              <td>{request.type}</td>
              <td>{request.user_id}</td>
              <td>
                <OutcomeBadge outcome={request.outcome} />
              </td>
              <td class="number">{formatDuration(request.response_time)}</td>
              <td class="number">{formatCount(request.tokens.total)}</td>
              <td class="number">
                {request.cost_usd === undefined ? "–" : formatValue({ unit: "USD" }, request.cost_usd, language.value)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
