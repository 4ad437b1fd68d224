/** Three times firing and twice resolved within the window is flapping. */
const BEGINS_WITH = 5;
/** Fewer than it begins with, so that flapping itself does not flap. */
const ENDS_WITH = 2;
const WINDOW_MS = 15 * 60_000;

/** The changes that still count, oldest first. Unix times in milliseconds. */
export function countedChanges(changesMs: readonly number[], nowMs: number): number[] {
  return changesMs.filter((changeMs) => changeMs > nowMs - WINDOW_MS).slice(-BEGINS_WITH);
}

/**
 * Whether an alert changes too often to tell people of each change.
 *
 * @param before whether it did so until now
 * @param changesMs of its state to firing or resolved, oldest first
 */
export function isFlapping(before: boolean, changesMs: readonly number[], nowMs: number): boolean {
  return countedChanges(changesMs, nowMs).length >= (before ? ENDS_WITH + 1 : BEGINS_WITH);
}

/** When a flapping alert is calm again if nothing more changes; Unix time in milliseconds. */
export function calmAtMs(changesMs: readonly number[]): number {
  return (changesMs.at(-(ENDS_WITH + 1)) ?? 0) + WINDOW_MS;
}

/** When none of the changes counts any more. */
export function forgottenAtMs(changesMs: readonly number[]): number {
  return (changesMs.at(-1) ?? 0) + WINDOW_MS;
}
