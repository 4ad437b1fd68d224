import { requestsLink } from "../../alert/requests-link.js";

/** The window that a shown figure was counted over. */
export interface FigureWindow {
  /** Its end, ISO 8601. */
  at: string;
  /** Seconds. */
  windowS: number;
  service: string | undefined;
}

/** The address of the list of requests that a figure rests on, if it rests on any. */
export function figureLink(indicator: string, { at, windowS, service }: FigureWindow): string | undefined {
  return requestsLink(indicator, { atMs: Date.parse(at), windowS, where: service === undefined ? {} : { service } });
}
