import type { AlertTransition } from "../../../alert/alert-view.js";

/**
 * What a reader sees of the history, with a page more: the newest page again, as it is read at every change, or the
 * next older one. Newest first.
 *
 * @param known what was shown before
 */
export function withNewest(known: readonly AlertTransition[], newest: readonly AlertTransition[]): AlertTransition[] {
  const ids = new Set(newest.map(({ id }) => id));
  const overlaps = known.some(({ id }) => ids.has(id));
  // With a gap in between, what is older would look as if it followed.
  return overlaps ? [...newest, ...known.filter(({ id }) => !ids.has(id))] : [...newest];
}

export function withOlder(known: readonly AlertTransition[], older: readonly AlertTransition[]): AlertTransition[] {
  const ids = new Set(known.map(({ id }) => id));
  return [...known, ...older.filter(({ id }) => !ids.has(id))];
}
