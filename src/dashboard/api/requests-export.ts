import type { RequestRecord } from "../../store/request-record.js";
import type { RequestFilter, RequestPosition, TelemetryStore } from "../../store/telemetry-store.js";
import { csvLine } from "./csv-line.js";
import { Download } from "./download.js";

export const EXPORT_FORMATS = ["jsonl", "csv"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const JSON_LINES = "application/x-ndjson";

/** Between two pages, others are answered. */
const PAGE = 1_000;

/** The columns, by the names that the fields have in the JSON lines. */
const COLUMNS: Readonly<Record<string, (record: RequestRecord) => string | number | boolean | undefined>> = {
  request_id: (record) => record.request_id,
  timestamp: (record) => record.timestamp,
  service: (record) => record.service,
  environment: (record) => record.environment,
  release: (record) => record.release,
  instance: (record) => record.instance,
  user_id: (record) => record.user_id,
  session_id: (record) => record.session_id,
  tenant: (record) => record.tenant,
  conversation_id: (record) => record.conversation_id,
  type: (record) => record.type,
  outcome: (record) => record.outcome,
  response_time: (record) => record.response_time,
  llm_calls: (record) => record.llm_calls,
  llm_time: (record) => record.llm_time,
  tokens_input: ({ tokens }) => tokens.input,
  tokens_output: ({ tokens }) => tokens.output,
  tokens_total: ({ tokens }) => tokens.total,
  tokens_cached: ({ tokens }) => tokens.cached,
  tokens_reasoning: ({ tokens }) => tokens.reasoning,
  cost_usd: (record) => record.cost_usd,
  unpriced_calls: (record) => record.unpriced_calls,
  models: ({ models }) => models.join(";"),
  prompts: ({ prompts }) => prompts?.join(";"),
  error_type: (record) => record.error_type,
  error_message: (record) => record.error_message,
  query: (record) => record.query,
  trace_id: (record) => record.trace_id,
  trace_sampled: (record) => record.trace_sampled,
};

/** All records that a filter finds, the newest first, as a file. */
export function requestsExport(
  store: Pick<TelemetryStore, "requestPage">,
  filter: RequestFilter,
  format: ExportFormat,
): Download {
  if (format === "jsonl") {
    const text = (records: RequestRecord[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join("");
    return new Download("requests.jsonl", JSON_LINES, pages(store, filter, text));
  }
  const columns = Object.values(COLUMNS);
  const text = (records: RequestRecord[]): string =>
    records.map((record) => csvLine(columns.map((column) => column(record)))).join("");
  return new Download("requests.csv", "text/csv; charset=utf-8", withHeading(pages(store, filter, text)));
}

async function* pages(
  store: Pick<TelemetryStore, "requestPage">,
  filter: RequestFilter,
  textOf: (records: RequestRecord[]) => string,
): AsyncGenerator<string> {
  let before: RequestPosition | undefined;
  do {
    const page = await store.requestPage({ ...filter, ...(before && { before }), limit: PAGE });
    yield textOf(page.requests);
    before = page.next;
  } while (before !== undefined);
}

async function* withHeading(lines: AsyncIterable<string>): AsyncGenerator<string> {
  yield csvLine(Object.keys(COLUMNS));
  yield* lines;
}
