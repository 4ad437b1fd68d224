import type { RecordNumber } from "../indicators/record-question.js";
import type { RequestRecord } from "./request-record.js";

/** A number of a request record; undefined where it is not known. */
export function recordNumber(record: RequestRecord, field: RecordNumber): number | undefined {
  switch (field) {
    case "response_time":
    case "llm_calls":
    case "llm_time":
    case "cost_usd":
      return record[field];
    case "tokens.input":
      return record.tokens.input;
    case "tokens.output":
      return record.tokens.output;
    case "tokens.total":
      return record.tokens.total;
    case "tokens.cached":
      return record.tokens.cached;
    case "tokens.reasoning":
      return record.tokens.reasoning;
  }
}
