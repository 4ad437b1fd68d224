import type { Rule } from "../alert/rule.js";
import type { Route } from "./route.js";

/** Which alerts can come to a receiver. */
export interface Reach {
  /** Of the rules without receivers of their own: every alert, those of some routes, or none. */
  routes: "all" | "some" | "none";
  /** Ids of the rules that name it themselves. */
  rules: readonly string[];
}

/** By what rules and routes say; which alerts there will be nobody knows. */
export function reachOf(receiver: string, rules: readonly Rule[], route: Route | undefined): Reach {
  const own = rules.filter(({ receivers }) => receivers.includes(receiver)).map(({ id }) => id);
  const routed = rules.some(({ receivers }) => receivers.length === 0);
  return { routes: routed ? routesTo(receiver, route) : "none", rules: own };
}

function routesTo(receiver: string, route: Route | undefined): Reach["routes"] {
  const takes = ({ receivers }: Route): boolean => receivers?.includes(receiver) ?? true;
  if (route === undefined || [route, ...below(route)].every(takes)) return "all";
  return [route, ...below(route)].some(takes) ? "some" : "none";
}

const below = ({ routes }: Route): Route[] => routes.flatMap((child) => [child, ...below(child)]);
