import type { AlertsView } from "../alert/alert-view.js";
import type { BilingualText } from "../indicators/language.js";
import type { BoardFigures } from "../query/board-figures.js";

/** Everything that the terminal board shows; `chainwatch top --json` prints it. */
export interface Board extends BoardFigures {
  /** Absent where figures come straight from a metrics backend, which knows no alerts. */
  alerts?: AlertsView;
  /** The metrics backend that figures come straight from, e.g. `prometheus http://…`. */
  source?: string;
}

/** Where the terminal board comes from. */
export interface BoardReader {
  /** As messages name it. */
  readonly name: string;
  /** How often the live board asks. Milliseconds. */
  readonly everyMs: number;
  /** What to do when it has never answered. */
  readonly cure: BilingualText;
  /**
   * @throws {NoBoard} it is not there, does not answer in time, or refuses
   * @throws the signal's reason once it aborts
   */
  read(signal: AbortSignal): Promise<Board>;
}

/** There is no board. `text` says why, in a few words. */
export class NoBoard extends Error {
  override readonly name = "NoBoard";

  constructor(
    readonly text: BilingualText,
    cause?: unknown,
  ) {
    super(text.en, { cause });
  }
}
