import type { RequestRecord } from "../../../store/request-record.js";

/** Tells a request apart from others in the address: an app may choose its id, and give it twice. */
export const requestName = ({ trace_id, request_id }: RequestRecord): string => `${trace_id}.${request_id}`;
