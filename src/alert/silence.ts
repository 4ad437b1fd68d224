import { type AlertMatcher, matchesAlert } from "./alert-matcher.js";
import type { AlertTransition } from "./alert-view.js";

/** For a while nobody is told of alerts that all its matchers match. In this form it is also in the API. */
export interface Silence {
  /** 32 hex digits. */
  id: string;
  matchers: readonly AlertMatcher[];
  author: string;
  reason: string;
  /** ISO 8601 in UTC. */
  starts_at: string;
  /** ISO 8601 in UTC. */
  ends_at: string;
  /** ISO 8601 in UTC. */
  created_at: string;
}

export type SilenceState = "pending" | "active" | "expired";

/** @param atMs Unix time in milliseconds */
export function silenceState({ starts_at: start, ends_at: end }: Silence, atMs: number): SilenceState {
  if (Date.parse(end) <= atMs) return "expired";
  return Date.parse(start) <= atMs ? "active" : "pending";
}

/** The silence that keeps an alert quiet at that time; of several the one that ends last. */
export function silenceOf(
  transition: AlertTransition,
  silences: readonly Silence[],
  atMs: number,
): Silence | undefined {
  return silences
    .filter((silence) => silenceState(silence, atMs) === "active")
    .filter(({ matchers }) => matchers.every((matcher) => matchesAlert(matcher, transition)))
    .sort((a, b) => Date.parse(b.ends_at) - Date.parse(a.ends_at))[0];
}
