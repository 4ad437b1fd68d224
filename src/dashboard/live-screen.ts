/** The terminal as the board needs it; `process.stdout` is one. */
export interface BoardOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** 0 where the terminal does not know its size, as under some process managers. */
  readonly columns?: number;
  readonly rows?: number;
  /** Absent where the size does not change. */
  on?(event: "resize", listener: () => void): unknown;
  off?(event: "resize", listener: () => void): unknown;
}

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const CLEAR_REST_OF_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";

/**
 * A frame that is drawn over the one before, on the terminal's second screen: what the user had on the terminal is
 * there again after `close()`.
 */
export class LiveScreen {
  constructor(private readonly out: BoardOutput) {
    out.write(ENTER);
  }

  draw(frame: string): void {
    // A line too many would scroll the screen, and every frame would then stand a line higher.
    const lines = frame
      .trimEnd()
      .split("\n")
      .slice(0, this.out.rows || undefined);
    this.out.write(HOME + lines.map((line) => line + CLEAR_REST_OF_LINE).join("\r\n") + CLEAR_BELOW);
  }

  close(): void {
    this.out.write(LEAVE);
  }
}
