import { formatValue } from "../../../indicators/format-value.js";
import type { RequestRecord } from "../../../store/request-record.js";
import { formatCount, formatDuration, formatTime } from "../format.js";
import { language } from "../language.js";
import { OutcomeBadge } from "../outcome-badge.js";
import { type Column, Table } from "../table.js";

const COLUMNS: readonly Column<RequestRecord>[] = [
  {
    title: { en: "Time", zh: "时间" },
    cell: ({ trace_id, timestamp }) => (
      <a class="row-link" href={`/traces/${trace_id}`}>
        {formatTime(timestamp, language.value)}
      </a>
    ),
  },
  { title: { en: "Type", zh: "类型" }, cell: ({ type }) => type },
  { title: { en: "User", zh: "用户" }, cell: ({ user_id }) => user_id },
  { title: { en: "Outcome", zh: "结果" }, cell: ({ outcome }) => <OutcomeBadge outcome={outcome} /> },
  { title: { en: "Took", zh: "耗时" }, number: true, cell: ({ response_time }) => formatDuration(response_time) },
  { title: { en: "Tokens", zh: "Token" }, number: true, cell: ({ tokens }) => formatCount(tokens.total) },
  {
    title: { en: "Cost", zh: "成本" },
    number: true,
    cell: ({ cost_usd }) => (cost_usd === undefined ? "–" : formatValue({ unit: "USD" }, cost_usd, language.value)),
  },
];

/** A row a request, each a link to its trace. */
export function RequestTable({ requests }: { requests: readonly RequestRecord[] }) {
  return (
    <Table
      columns={COLUMNS}
      rows={requests}
      rowKey={({ request_id }) => request_id}
      label={{ en: "Requests", zh: "请求" }}
      linked
    />
  );
}
