import { randomBytes } from "node:crypto";
import type { AlertJournal } from "./alert-journal.js";
import { checkedMatcher, MatcherError, matcherText } from "./alert-matcher.js";
import { type Clock, systemClock } from "./clock.js";
import { type Silence, silenceState } from "./silence.js";

/** What somebody says of a new silence; `starts_at` absent: now. */
export type NewSilence = Pick<Silence, "matchers" | "author" | "reason" | "ends_at"> & { starts_at?: string };

export interface SilenceListOptions {
  /** Stays the caller's. */
  journal: Pick<AlertJournal, "silences" | "putSilence">;
  /** A silence ended, by its time or by hand: who fires on may be told now. */
  onEnd(): void;
  /** Gets what people should know: a stored silence that cannot be used. */
  log(message: string): void;
  clock?: Clock;
}

/** The wall clock may be set meanwhile, and Node's timers reach no further than 24 days. */
const LOOK_AGAIN_MS = 60_000;

/** The silences there are, and the news that one ended. */
export class SilenceList {
  readonly #options: SilenceListOptions;
  readonly #clock: Clock;
  readonly #silences: Map<string, Silence>;
  #lookedAtMs: number;
  #cancel: (() => void) | undefined;

  private constructor(options: SilenceListOptions, silences: readonly Silence[]) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#silences = new Map(silences.map((silence) => [silence.id, silence]));
    this.#lookedAtMs = this.#clock.now();
    this.#watch();
  }

  /**
   * With the silences in the journal. Those that ended while nobody watched are not told of; those that would be
   * refused now are left out, so that their alerts are told.
   */
  static async open(options: SilenceListOptions): Promise<SilenceList> {
    const stored = await options.journal.silences();
    return new SilenceList(
      options,
      stored.filter((silence) => isUsable(silence, options.log)),
    );
  }

  /** Newest first; also those that ended, as long as the journal keeps them. */
  all(): Silence[] {
    return [...this.#silences.values()].sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
  }

  get(id: string): Silence | undefined {
    return this.#silences.get(id);
  }

  async add({ matchers, author, reason, starts_at, ends_at }: NewSilence): Promise<Silence> {
    const now = new Date(this.#clock.now()).toISOString();
    const id = randomBytes(16).toString("hex");
    const silence: Silence = { id, matchers, author, reason, starts_at: starts_at ?? now, ends_at, created_at: now };
    await this.#put(silence);
    return silence;
  }

  /**
   * Ends a silence now; one that has ended stays as it is.
   *
   * @returns undefined when there is none of that id
   */
  async expire(id: string): Promise<Silence | undefined> {
    const silence = this.#silences.get(id);
    if (silence === undefined) return undefined;
    const nowMs = this.#clock.now();
    const state = silenceState(silence, nowMs);
    if (state === "expired") return silence;
    const now = new Date(nowMs).toISOString();
    const ended = { ...silence, ends_at: now, ...(state === "pending" && { starts_at: now }) };
    await this.#put(ended);
    if (state === "active") this.#options.onEnd();
    return ended;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  async #put(silence: Silence): Promise<void> {
    await this.#options.journal.putSilence(silence, this.#clock.now());
    this.#silences.set(silence.id, silence);
    this.#watch();
  }

  #watch(): void {
    this.#cancel?.();
    const nowMs = this.#clock.now();
    const ends = this.all()
      .map(({ ends_at: end }) => Date.parse(end))
      .filter((endMs) => endMs > nowMs);
    if (ends.length === 0) return;
    const waitMs = Math.min(Math.min(...ends) - nowMs, LOOK_AGAIN_MS);
    this.#cancel = this.#clock.after(waitMs, () => this.#look());
  }

  #look(): void {
    const nowMs = this.#clock.now();
    const ended = this.all().some(({ ends_at: end }) => {
      const endMs = Date.parse(end);
      return endMs > this.#lookedAtMs && endMs <= nowMs;
    });
    this.#lookedAtMs = nowMs;
    if (ended) this.#options.onEnd();
    this.#watch();
  }
}

function isUsable({ id, matchers, author }: Silence, log: (message: string) => void): boolean {
  for (const matcher of matchers) {
    try {
      checkedMatcher(matcher);
    } catch (error) {
      if (!(error instanceof MatcherError)) throw error;
      log(`The silence ${id} of ${author} is not used: ${matcherText(matcher)}: ${error.message}. Add it anew`);
      return false;
    }
  }
  return true;
}
