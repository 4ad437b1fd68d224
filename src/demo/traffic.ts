import type { ModelServer } from "./model-server.js";
import type { RandomSource } from "./seeded-random.js";
import { incidentRequest, type PlannedRequest, plannedRequest } from "./traffic-plan.js";

/** The model that the scripted incident takes away. */
export const INCIDENT_MODEL = "demo-large";
/** Seconds of ordinary traffic before the incident. */
export const INCIDENT_AFTER_S = 15;
/** Seconds from one incident to the next: alerts over five minutes resolve in between. */
export const NEXT_INCIDENT_AFTER_S = 600;
const INCIDENT_REQUESTS = 30;
const INCIDENT_PAUSE_S = 0.7;

/** A request that takes longer than its share does not hold up the others, but so many at once are enough. */
const MOST_AT_ONCE = 20;

export interface TrafficParts {
  /** Sends one request; rejects when it failed, which is part of the show. */
  send(request: PlannedRequest): Promise<unknown>;
  models: Pick<ModelServer, "setFault">;
  random: RandomSource;
  /** Lets so many seconds pass; fewer when it is stopped. */
  pause(seconds: number): Promise<void>;
  stop: AbortSignal;
  /** Told when the incident begins and ends. */
  incident(phase: "begins" | "ends"): void;
  /** More incidents follow the first. */
  again: boolean;
}

/** About one request a second, and one incident or more, until it is stopped. Resolves when no request is under way. */
export async function runTraffic(parts: TrafficParts): Promise<void> {
  const underWay = new Set<Promise<unknown>>();
  const send = (request: PlannedRequest) => {
    if (underWay.size >= MOST_AT_ONCE) return;
    if (request.fault !== undefined) {
      parts.models.setFault(request.fault.model, request.fault.fault, request.fault.calls);
    }
    const sent = parts.send(request).catch(() => undefined);
    underWay.add(sent);
    void sent.then(() => underWay.delete(sent));
  };
  await Promise.all([ordinaryTraffic(parts, send), incidents(parts, send)]);
  await Promise.all(underWay);
}

type Send = (request: PlannedRequest) => void;

async function ordinaryTraffic({ random, pause, stop }: TrafficParts, send: Send): Promise<void> {
  for (let number = 0; !stop.aborted; number += 1) {
    send(plannedRequest(number, random));
    await pause(0.7 + 0.6 * random());
  }
}

async function incidents(parts: TrafficParts, send: Send): Promise<void> {
  await parts.pause(INCIDENT_AFTER_S);
  if (!parts.stop.aborted) await incident(parts, send);
  while (parts.again && !parts.stop.aborted) {
    await parts.pause(NEXT_INCIDENT_AFTER_S);
    if (!parts.stop.aborted) await incident(parts, send);
  }
}

async function incident({ models, random, pause, stop, incident: tell }: TrafficParts, send: Send): Promise<void> {
  models.setFault(INCIDENT_MODEL, { kind: "rate_limit", retryAfterS: 1 });
  tell("begins");
  for (let number = 0; number < INCIDENT_REQUESTS && !stop.aborted; number += 1) {
    send(incidentRequest(number, random));
    await pause(INCIDENT_PAUSE_S);
  }
  models.setFault(INCIDENT_MODEL, undefined);
  if (!stop.aborted) tell("ends");
}
