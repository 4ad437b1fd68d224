import type { RequestDay } from "../../store/telemetry-store.js";

/** The answer of `/api/requests/days`. */
export interface RequestDaysView {
  /** The daily files of JSON lines, newest first. */
  days: RequestDay[];
}

export const requestDaysView = (days: RequestDay[]): RequestDaysView => ({ days });
