/** Counts what went wrong inside Chainwatch; see {@link METRIC_TELEMETRY_ERRORS}. */
export type FaultSink = (where: string, fault: unknown) => void;

/**
 * Runs a piece of Chainwatch inside the watched app. A fault in it is counted once and never reaches the app;
 * a sink that throws itself is ignored.
 */
export function guard<T>(where: string, onFault: FaultSink, work: () => T): T | undefined {
  try {
    return work();
  } catch (fault) {
    try {
      onFault(where, fault);
    } catch {
      // The app must go on even if counting fails.
    }
    return undefined;
  }
}
