import type { Clock } from "./clock.js";

/** More than a time service corrects by slewing, less than what could matter to a window. Milliseconds. */
const JUMP_MS = 5000;

/** Notices when the wall clock moved by something else than the time that passed: it was set, or the machine slept. */
export class ClockWatch {
  jumps = 0;
  /** The newest jump: by how much, and when by the monotonic clock. Milliseconds. */
  newest: { byMs: number; atMonotonic: number } | undefined;
  private offsetMs: number;

  constructor(private readonly clock: Clock) {
    this.offsetMs = clock.now() - clock.monotonic();
  }

  /** @returns true when the clock jumped since the last look */
  look(): boolean {
    const offsetMs = this.clock.now() - this.clock.monotonic();
    const byMs = offsetMs - this.offsetMs;
    this.offsetMs = offsetMs;
    if (Math.abs(byMs) < JUMP_MS) return false;
    this.jumps++;
    this.newest = { byMs, atMonotonic: this.clock.monotonic() };
    return true;
  }
}
