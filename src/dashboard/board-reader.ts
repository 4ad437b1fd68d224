import type { AlertsView } from "../alert/alert-view.js";
import type { Trouble } from "../export/connection-trouble.js";
import type { BilingualText } from "../indicators/language.js";
import type { BoardFigures } from "../query/board-figures.js";
import type { SamplesView, SeriesView } from "./api/indicators-view.js";

/** What the board is asked for again and again: each figure with its value an hour earlier, and the alerts. */
export interface BoardNow extends BoardFigures {
  /** Absent where figures come straight from a metrics backend, which knows no alerts. */
  alerts?: AlertsView;
  /** The metrics backend that figures come straight from, e.g. `prometheus http://…`. */
  source?: string;
}

/** What changes more slowly, and costs more to ask. What cannot be had over this window is missing. */
export interface BoardDetails {
  /** Over the time before now, a point a step. */
  charts: SeriesView[];
  /** Over the board's window. */
  lists: BoardLists;
}

export interface BoardLists {
  cost_by_model?: SamplesView;
  requests_by_type?: SamplesView;
  top_queries?: SamplesView;
}

/** Everything that the terminal board shows; `chainwatch top --json` prints it. */
export interface Board extends BoardNow, Partial<BoardDetails> {}

/** Where the terminal board comes from. */
export interface BoardReader {
  /** As messages name it. */
  readonly name: string;
  /** How often the live board asks. Milliseconds. */
  readonly everyMs: number;
  /**
   * @throws {NoBoard} it is not there, does not answer in time, or refuses
   * @throws the signal's reason once it aborts
   */
  readNow(windowS: number, signal: AbortSignal): Promise<BoardNow>;
  /** @throws as `readNow` does */
  readDetails(windowS: number, signal: AbortSignal): Promise<BoardDetails>;
}

/** There is no board: why, in a few words, and what to do when somebody knows. */
export class NoBoard extends Error {
  override readonly name = "NoBoard";

  readonly text: BilingualText;
  readonly cure: BilingualText | undefined;

  constructor({ what, cure }: Omit<Trouble, "kind">, cause?: unknown) {
    super(what.en, { cause });
    this.text = what;
    this.cure = cure;
  }
}
