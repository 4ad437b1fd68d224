import type { Rule } from "./rule.js";

/** An evaluation that begins this much after its time is late. Milliseconds. */
const LATE_MS = 1000;

/**
 * When each rule is due: at whole multiples of its interval since 1970, so that every evaluator of the same rules
 * asks at the same times. An evaluation whose time has passed is not made up for; it is counted.
 */
export class Schedule {
  late = 0;
  missed = 0;
  private readonly lastMs = new Map<string, number>();

  constructor(private rules: readonly Rule[]) {}

  /** Rules that stay are due as if nothing had happened. */
  replaceRules(rules: readonly Rule[]): void {
    this.rules = rules;
    const ids = new Set(rules.map(({ id }) => id));
    for (const id of this.lastMs.keys()) if (!ids.has(id)) this.lastMs.delete(id);
  }

  /** The rules that are due, with the aligned time for which each is evaluated; they count as evaluated then. */
  takeDue(nowMs: number): { rule: Rule; atMs: number }[] {
    const due: { rule: Rule; atMs: number }[] = [];
    for (const rule of this.rules) {
      const intervalMs = rule.intervalS * 1000;
      const atMs = alignedBefore(nowMs, intervalMs);
      const lastMs = this.lastMs.get(rule.id);
      if (lastMs !== undefined) {
        if (atMs <= lastMs) continue;
        this.missed += Math.round((atMs - alignedBefore(lastMs, intervalMs)) / intervalMs) - 1;
        if (nowMs - atMs > LATE_MS) this.late++;
      }
      this.lastMs.set(rule.id, atMs);
      due.push({ rule, atMs });
    }
    return due;
  }

  /** The next time at which a rule is due. */
  nextMs(nowMs: number): number {
    return Math.min(...this.rules.map(({ intervalS }) => alignedBefore(nowMs, intervalS * 1000) + intervalS * 1000));
  }

  /** A rule was evaluated out of turn. */
  evaluatedAt(rule: Rule, atMs: number): void {
    this.lastMs.set(rule.id, atMs);
  }

  /** The clock jumped: what was evaluated when says nothing any more. */
  restart(): void {
    this.lastMs.clear();
  }
}

const alignedBefore = (timeMs: number, intervalMs: number): number => Math.floor(timeMs / intervalMs) * intervalMs;
