import { expect, test } from "vitest";
import type { AlertTransition } from "../../../../src/alert/alert-view.js";
import type { HistoryView } from "../../../../src/dashboard/api/history-view.js";
import { type ReadHistory, readHistory } from "../../../../src/dashboard/page/alerts/read-history.js";

const NOTHING: ReadHistory = { transitions: [] };

/** Transitions that happened one after the other: 0 is the oldest. */
const transition = (id: number): AlertTransition => ({ id: String(id) }) as AlertTransition;

/** A server with so many, and what was asked of it. */
function history(count: number, pageSize: number) {
  const asked: string[] = [];
  const page = (before: number): HistoryView => {
    const first = Math.max(0, before - pageSize);
    const transitions = Array.from({ length: before - first }, (_, index) => transition(before - 1 - index));
    return { transitions, ...(first > 0 && { next_cursor: String(first) }) };
  };
  const older = async (cursor: string): Promise<HistoryView | undefined> => {
    asked.push(cursor);
    return page(Number(cursor));
  };
  return { newest: page(count), older, asked };
}

const ids = ({ transitions }: ReadHistory): number[] => transitions.map(({ id }) => Number(id));

test("a history is read page by page to its beginning", async () => {
  const { newest, older } = history(5, 2);
  const read = await readHistory(newest, NOTHING, older);
  expect(ids(read)).toEqual([4, 3, 2, 1, 0]);
  expect(read.next).toBeUndefined();
});

test("what was read before is not asked for again", async () => {
  const before = history(5, 2);
  const known = await readHistory(before.newest, NOTHING, before.older);
  const { newest, older, asked } = history(8, 2);
  const read = await readHistory(newest, known, older);
  expect(ids(read)).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
  expect(asked).toEqual(["6"]);
  expect(read.next).toBeUndefined();
});

test("the reading ends after ten thousand, and says that there are older ones", async () => {
  const { newest, older, asked } = history(20_000, 1000);
  const known = await readHistory(newest, NOTHING, older);
  expect(known.transitions).toHaveLength(10_000);
  expect(known.next).toBe("10000");
  expect(asked).toHaveLength(9);

  const later = history(20_500, 1000);
  const read = await readHistory(later.newest, known, later.older);
  expect(later.asked).toEqual([]);
  expect(ids(read)).toEqual(Array.from({ length: 10_500 }, (_, index) => 20_499 - index));
  expect(read.next).toBe("10000");
});

test("without an answer the reading ends where it is, and goes on from there at the next change", async () => {
  const before = history(5, 2);
  const known = await readHistory(before.newest, NOTHING, async () => undefined);
  expect(ids(known)).toEqual([4, 3]);
  expect(known.next).toBe("3");

  const { newest, older, asked } = history(6, 2);
  const read = await readHistory(newest, known, older);
  expect(ids(read)).toEqual([5, 4, 3, 2, 1, 0]);
  expect(asked).toEqual(["3", "1"]);
});
