import type { RecordSample } from "../../../query/record-source.js";
import { apiPath } from "../api-path.js";
import { formatCount } from "../format.js";
import { say } from "../language.js";
import { type Column, Table } from "../table.js";
import { useLive } from "../use-live.js";

const EVERY_MS = 10_000;

const COLUMNS: readonly Column<RecordSample>[] = [
  { title: { en: "Query", zh: "查询" }, header: true, class: "name", cell: ({ labels }) => labels.query },
  { title: { en: "Requests", zh: "请求" }, number: true, cell: ({ value }) => formatCount(value) },
];

/** What people ask most, where the app has chosen to say. */
export function NowQueries({ windowS, service }: { windowS: number; service: string | undefined }) {
  const path = apiPath("/api/indicators/queries.top", { window: windowS, "where.service": service });
  const { data, failure } = useLive<{ samples: RecordSample[] }>(path, [], EVERY_MS);
  return (
    <section class="card">
      <h2>{say({ en: "Top 10 queries", zh: "热门查询 Top 10" })}</h2>
      {failure && <p class="notice">{failure}</p>}
      {data?.samples.length === 0 && (
        <p class="quiet">
          {say({
            en: "No request of this window carries its query. An app that may show what people ask names it: ",
            zh: "此窗口内没有请求带有查询文本。允许展示用户提问的应用可以这样提供：",
          })}
          <code>{"withRequest({ query }, …)"}</code>
        </p>
      )}
      {data !== undefined && data.samples.length > 0 && (
        <Table
          columns={COLUMNS}
          rows={data.samples}
          rowKey={({ labels }) => labels.query ?? ""}
          label={{ en: "Top 10 queries", zh: "热门查询 Top 10" }}
        />
      )}
    </section>
  );
}
