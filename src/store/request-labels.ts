import type { RecordDimension } from "../indicators/dimension.js";
import type { RequestRecord } from "./request-record.js";

/** Where a record has what it can be split by and filtered on. */
export const LABEL_FIELD = {
  service: "service",
  environment: "environment",
  release: "release",
  instance: "instance",
  type: "type",
  user: "user_id",
  session: "session_id",
  tenant: "tenant",
} as const satisfies Record<RecordDimension, keyof RequestRecord>;

/** What a record says of some dimensions; what it does not say is absent. */
export function labelsOf<D extends RecordDimension>(
  record: RequestRecord,
  by: readonly D[],
): Partial<Record<D, string>> {
  const labels: Partial<Record<D, string>> = {};
  for (const dimension of by) {
    const value = record[LABEL_FIELD[dimension]];
    if (value !== undefined) labels[dimension] = value;
  }
  return labels;
}
