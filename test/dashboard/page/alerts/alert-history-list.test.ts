import { expect, test } from "vitest";
import type { AlertTransition } from "../../../../src/alert/alert-view.js";
import { withNewest, withOlder } from "../../../../src/dashboard/page/alerts/alert-history-list.js";

const page = (...ids: string[]): AlertTransition[] => ids.map((id) => ({ id }) as AlertTransition);
const ids = (transitions: readonly AlertTransition[]): string => transitions.map(({ id }) => id).join("");

test("older pages follow the newest, and stay when that is read again", () => {
  const shown = withOlder(page("e", "d", "c"), page("b", "a"));
  expect(ids(shown)).toBe("edcba");
  expect(ids(withNewest(shown, page("f", "e", "d")))).toBe("fedcba");
});

test("what is read again takes the place of what was known of it", () => {
  const told = [{ id: "c", trace_id: "0f" } as AlertTransition];
  expect(withNewest(page("c", "b"), told)).toEqual([...told, ...page("b")]);
});

test("nothing follows a gap", () => {
  expect(ids(withNewest(page("c", "b", "a"), page("z", "y")))).toBe("zy");
});

test("a transition that two pages have is shown once", () => {
  expect(ids(withOlder(page("c", "b"), page("b", "a")))).toBe("cba");
});
