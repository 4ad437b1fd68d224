import { createHash } from "node:crypto";
import { type AlertMatcher, alertLabel, matchesAlert } from "../alert/alert-matcher.js";
import type { AlertLabels, AlertTransition } from "../alert/alert-view.js";
import { labelsKey } from "../alert/rule.js";

/** When a group is told of. Seconds. */
export interface GroupTiming {
  /** From a group's first news to its message, for others to join. */
  waitS: number;
  /** At least between two messages about a group that fires on. */
  intervalS: number;
  /** Until it is said again that a group fires on. */
  repeatS: number;
  /** The receiver forgets what it is not told again in that time, so it is, whoever has acknowledged it. */
  forgets?: true;
}

/** A node of the routing tree; what the file does not say is inherited already. */
export interface Route extends GroupTiming {
  /** Names; undefined: all there are. */
  receivers: readonly string[] | undefined;
  /** Alerts with equal values of these labels are told of together; undefined: each by itself. */
  groupBy: readonly string[] | undefined;
  /** All must match. */
  matchers: readonly AlertMatcher[];
  /** The routes after this one are tried too. */
  continue: boolean;
  /** The first that matches takes the alert, else this route itself. */
  routes: readonly Route[];
}

/** Without a `route` section: every alert by itself, at once, to every receiver. */
export const DEFAULT_ROUTE: Route = {
  receivers: undefined,
  groupBy: undefined,
  waitS: 0,
  intervalS: 300,
  repeatS: 4 * 3600,
  matchers: [],
  continue: false,
  routes: [],
};

/**
 * Alerts by themselves are told of at once. A group waits for the rules that are evaluated at the same time, which no
 * reader notices and which Alertmanager's 30 s would hide.
 */
export const GROUP_WAIT_S = 0.5;

/** An alert on its way to a receiver. */
export interface Routed {
  receiver: string;
  /** The same for every alert of the group: 32 hex digits. */
  groupId: string;
  groupLabels: AlertLabels;
  timing: GroupTiming;
}

/**
 * Who is told of an alert, and in which group. A rule's own receivers take the place of the routes.
 *
 * @param receivers those there are
 * @param own the names that the alert's rule has
 */
export function routeAlert(
  alert: AlertTransition,
  route: Route,
  receivers: readonly string[],
  own: readonly string[],
): Routed[] {
  const nodes = own.length > 0 ? [{ ...route, receivers: own }] : routesOf(alert, route);
  const routed = nodes.flatMap((node) =>
    receivers
      .filter((name) => node.receivers?.includes(name) ?? true)
      .map((receiver) => ({ receiver, ...groupOf(alert, node.groupBy), timing: timingOf(node) })),
  );
  // By two ways to the same receiver and group it is still told once.
  return [...new Map(routed.map((way) => [`${way.receiver} ${way.groupId}`, way])).values()];
}

function routesOf(alert: AlertTransition, route: Route): Route[] {
  const taken: Route[] = [];
  for (const child of route.routes) {
    if (!child.matchers.every((matcher) => matchesAlert(matcher, alert))) continue;
    taken.push(...routesOf(alert, child));
    if (!child.continue) break;
  }
  return taken.length > 0 ? taken : [route];
}

function groupOf(alert: AlertTransition, groupBy: Route["groupBy"]): Pick<Routed, "groupId" | "groupLabels"> {
  if (groupBy === undefined) return { groupId: hash([alert.rule, labelsKey(alert.labels)]), groupLabels: alert.labels };
  const groupLabels = Object.fromEntries(
    groupBy.map((name) => [name, alertLabel(alert, name)]).filter(([, value]) => value !== ""),
  );
  return { groupId: hash(["group", labelsKey(groupLabels)]), groupLabels };
}

const timingOf = ({ waitS, intervalS, repeatS }: Route): GroupTiming => ({ waitS, intervalS, repeatS });

const hash = (parts: unknown): string => createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
