import { type Silence, type SilenceState, silenceState } from "../../alert/silence.js";
import type { SilenceReach } from "../../alert/silence-reach.js";

/** A silence as the API shows it. */
export interface SilenceView extends Silence {
  state: SilenceState;
}

/** The answer of `POST /api/silences`. */
export interface AddedSilenceView extends SilenceView {
  /** What its matchers match now. */
  matches: SilenceReach;
}

/** The answer of `GET /api/silences`. */
export interface SilencesView {
  /** Newest first. */
  silences: SilenceView[];
}

/** @param nowMs Unix time in milliseconds */
export function silenceView(silence: Silence, nowMs: number): SilenceView {
  return { ...silence, state: silenceState(silence, nowMs) };
}
