import type { z } from "zod";
import type { Severity } from "../../src/alert/alert-view.js";
import type { ROUTE_SETTINGS } from "../../src/notify/route-settings.js";

/** What happens at a time. */
export interface ToldStep {
  /** Seconds since the start. */
  atS: number;
  fires?: readonly string[];
  resolves?: readonly string[];
  /** A rule of which nobody is told for so many seconds. */
  silences?: { rule: string; forS: number };
}

/** Something that happens, and who is told of it. */
export interface ToldCase {
  name: string;
  route: z.input<typeof ROUTE_SETTINGS>;
  steps: readonly ToldStep[];
  /** What arrives, and when: `9s: b c, resolved a`. */
  told: readonly string[];
  /** What Alertmanager tells with the same route, where that is something else on purpose. */
  alertmanager?: { told: readonly string[]; because: string };
}

/** All are of the service `shop`. */
export const TOLD_RULES: readonly { id: string; severity: Severity; inhibits?: readonly string[] }[] = [
  { id: "a", severity: "warning" },
  { id: "b", severity: "warning" },
  { id: "c", severity: "warning" },
  { id: "k", severity: "critical", inhibits: ["w"] },
  { id: "w", severity: "warning" },
];

const TIMES = { group_wait: "1s", group_interval: "4s", repeat_interval: "1h" } as const;
const BY_SERVICE = { group_by: ["service"], ...TIMES };
const BY_RULE = { group_by: ["rule"], ...TIMES };

export const TOLD_CASES: readonly ToldCase[] = [
  {
    name: "alerts that come during the wait are told together",
    route: BY_SERVICE,
    steps: [
      { atS: 0, fires: ["a"] },
      { atS: 0.5, fires: ["b"] },
    ],
    told: ["1s: a b"],
  },
  {
    name: "what joins a group, or leaves it, waits for the interval",
    route: BY_SERVICE,
    steps: [
      { atS: 0, fires: ["a"] },
      { atS: 2, fires: ["b"] },
      { atS: 6, resolves: ["a"] },
    ],
    told: ["1s: a", "5s: a b", "9s: b, resolved a"],
  },
  {
    name: "each group is told by itself",
    route: BY_RULE,
    steps: [
      { atS: 0, fires: ["a", "b"] },
      { atS: 2, fires: ["c"] },
    ],
    told: ["1s: a", "1s: b", "3s: c"],
  },
  {
    name: "what is over during the wait is told to nobody",
    route: BY_SERVICE,
    steps: [
      { atS: 0, fires: ["a"] },
      { atS: 0.5, resolves: ["a"] },
    ],
    told: [],
  },
  {
    name: "the end of all that fired",
    route: BY_SERVICE,
    steps: [
      { atS: 0, fires: ["a"] },
      { atS: 2, resolves: ["a"] },
    ],
    told: ["1s: a", "3s: resolved a"],
    alertmanager: {
      told: ["1s: a", "5s: resolved a"],
      because: "the end of an incident is told at once, not after the interval: nobody has to go on for nothing",
    },
  },
  {
    name: "a critical alert in a group that was told of a warning",
    route: BY_SERVICE,
    steps: [
      { atS: 0, fires: ["a"] },
      { atS: 2, fires: ["k"] },
    ],
    told: ["1s: a", "3s: a k"],
    alertmanager: {
      told: ["1s: a", "5s: a k"],
      because: "what is more severe than what people know of is told at once, not after the interval",
    },
  },
  {
    name: "a warning beside its critical alert",
    route: BY_RULE,
    steps: [
      { atS: 0, fires: ["k", "w"] },
      { atS: 20, resolves: ["w"] },
    ],
    told: ["1s: k"],
  },
  {
    name: "a warning that fires on after its critical alert",
    route: BY_RULE,
    steps: [
      { atS: 0, fires: ["k", "w"] },
      { atS: 6, resolves: ["k"] },
    ],
    told: ["1s: k", "7s: resolved k", "7.5s: w"],
    alertmanager: {
      told: ["1s: k", "9s: resolved k", "9s: w"],
      because:
        "the warning is told once an evaluation after the end of the critical alert finds it, not at the next interval",
    },
  },
  {
    name: "a warning that is over right after its critical alert",
    route: BY_RULE,
    steps: [
      { atS: 0, fires: ["k", "w"] },
      { atS: 4.5, resolves: ["k"] },
      { atS: 5.5, resolves: ["w"] },
    ],
    told: ["1s: k", "5.5s: resolved k"],
    alertmanager: {
      told: ["1s: k", "5s: resolved k", "5s: w", "9s: resolved w"],
      because: "a warning that was kept back is not told when it is about to end too",
    },
  },
  {
    name: "an alert that fires on after its silence",
    route: BY_RULE,
    steps: [
      { atS: 0, silences: { rule: "a", forS: 6 } },
      { atS: 0.5, fires: ["a"] },
    ],
    told: ["7.5s: a"],
    alertmanager: {
      told: ["9.5s: a"],
      because: "it is told once an evaluation after the silence finds it, not at the next interval",
    },
  },
  {
    name: "an alert that is over before its silence is",
    route: BY_RULE,
    steps: [
      { atS: 0, silences: { rule: "a", forS: 12 } },
      { atS: 0.5, fires: ["a"] },
      { atS: 6, resolves: ["a"] },
    ],
    told: [],
  },
  {
    name: "the end of what people know of, under a silence",
    route: BY_RULE,
    steps: [
      { atS: 0, fires: ["a"] },
      { atS: 2, silences: { rule: "a", forS: 60 } },
      { atS: 3, resolves: ["a"] },
    ],
    told: ["1s: a", "4s: resolved a"],
    alertmanager: {
      told: ["1s: a"],
      because:
        "whoever heard that it fires hears that it ended, or would wait for it; incidents elsewhere would stay open",
    },
  },
  {
    name: "what fires on is told again",
    route: { ...BY_RULE, repeat_interval: "6s" },
    steps: [
      { atS: 0, fires: ["a"] },
      { atS: 15, resolves: ["a"] },
    ],
    told: ["1s: a", "7s: a", "13s: a", "16s: resolved a"],
    alertmanager: {
      told: ["1s: a", "9s: a", "17s: resolved a"],
      because: "repeats come on their time, not at the next multiple of the interval",
    },
  },
  {
    name: "what fires again at once",
    route: BY_RULE,
    steps: [
      { atS: 0, fires: ["a"] },
      { atS: 2, resolves: ["a"] },
      { atS: 3.5, fires: ["a"] },
    ],
    told: ["1s: a", "3s: resolved a", "4.5s: a"],
    alertmanager: {
      told: ["1s: a"],
      because:
        "every firing is told; Alertmanager sees no change between two intervals (and flapping is damped elsewhere)",
    },
  },
];

export const LASTS_S = 22;

/** `9s: b c, resolved a` */
export function toldText(atS: number, alerts: readonly { name: string; isFiring: boolean }[]): string {
  const names = (firing: boolean): string =>
    alerts
      .filter(({ isFiring }) => isFiring === firing)
      .map(({ name }) => name)
      .sort()
      .join(" ");
  const [firing, resolved] = [names(true), names(false)];
  return `${atS}s: ${[firing, resolved && `resolved ${resolved}`].filter(Boolean).join(", ")}`;
}
