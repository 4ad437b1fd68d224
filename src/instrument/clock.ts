/** Time as the watched app's process has it; tests give their own. */
export interface Clock {
  /** Never goes back, milliseconds. */
  monotonicMs(): number;
  /** Unix time, milliseconds. */
  unixMs(): number;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  unixMs: () => Date.now(),
};
