import type { Firing } from "./firing.js";

interface IntendedDifference {
  reason: string;
  /** Whether the firings differ, and in this way. */
  holds(ours: readonly Firing[], theirs: readonly Firing[], withinMs: number): boolean;
}

/** Both begin together; theirs ends, and begins anew or not, while ours goes on. */
const goesOn: IntendedDifference["holds"] = (ours, theirs, withinMs) => {
  const [our, ...more] = ours;
  const [their] = theirs;
  if (our === undefined || their?.toMs === undefined || more.length > 0) return false;
  const together = Math.abs(our.fromMs - their.fromMs) <= withinMs;
  return together && (our.toMs ?? Number.POSITIVE_INFINITY) > their.toMs + withinMs;
};

/** Where Chainwatch differs from Prometheus and vmalert on purpose: by rule of the scenario. */
export const INTENDED: Readonly<Record<string, IntendedDifference>> = {
  "just-enough-requests-keep": {
    reason: "min_requests: too few requests say nothing, so the state is kept; there the alert ends",
    holds: goesOn,
  },
  "gap-keep": {
    reason: "no_data: keep: a gap is no recovery, so the alert goes on; there it ends and begins anew",
    holds: goesOn,
  },
  hysteresis: {
    reason: "resolve_when: the alert ends when it holds; there as soon as when does not",
    holds: goesOn,
  },
};
