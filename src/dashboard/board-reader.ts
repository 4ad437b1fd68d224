import type { AlertsView } from "../alert/alert-view.js";
import type { Trouble } from "../export/connection-trouble.js";
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
  /**
   * @throws {NoBoard} it is not there, does not answer in time, or refuses
   * @throws the signal's reason once it aborts
   */
  read(signal: AbortSignal): Promise<Board>;
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
