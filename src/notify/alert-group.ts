import { createHash } from "node:crypto";
import type { AlertTransition, Severity } from "../alert/alert-view.js";
import { labelsKey } from "../alert/rule.js";
import { type Circumstances, type Decision, decide, keptBack } from "./decide.js";
import { calmAtMs, countedChanges, forgottenAtMs, isFlapping } from "./flapping.js";
import type { Notification, NotifiedAlert } from "./notification.js";
import type { Routed } from "./route.js";

/** One alert, as a receiver knows it. */
export interface GroupMember {
  /** The newest to firing or resolved. */
  transition: AlertTransition;
  /** What was told last; absent: nothing yet. `id` is that of the transition to firing, also once it resolved. */
  told?: { id: string; to: "firing" | "resolved"; flapping?: true; failed?: true; acknowledged?: true };
  /** What was told of it was refused for good, and is to be told anew, as it is by then. */
  refused?: true;
  /** What kept, or keeps, the transition from being told. */
  keptBy?: "inhibited" | "silenced";
  /** Since when nothing does any more, Unix time in milliseconds. */
  releasedMs?: number;
  /** When it fired and resolved lately, Unix times in milliseconds, oldest first. */
  changesMs: readonly number[];
  flapping?: true;
  /** What the history says of the transition. */
  recorded?: string;
}

/** Alerts that one receiver is told of together. All times are Unix times in milliseconds. */
export interface AlertGroup extends Routed {
  members: readonly GroupMember[];
  /** Of the oldest news that was not told yet. */
  newsSinceMs?: number;
  /** Of the newest message. */
  toldMs?: number;
  /** When it is to be said again that it fires. */
  repeatAtMs?: number;
}

/** How a group's receiver is, beside what it knows. */
export interface GroupReceiver {
  /** A message about the group has not arrived yet, so nothing is repeated. */
  underWay: boolean;
  takesAcknowledgements: boolean;
}

/** What the history is to say of a transition. */
export interface Outcome {
  transitionId: string;
  decision: Decision;
}

export interface GroupPlan {
  /** Undefined: there is nothing to remember. */
  group: AlertGroup | undefined;
  message?: Notification;
  outcomes: Outcome[];
  /** When to look again although nothing happened; infinite: never. */
  wakeMs: number;
}

/** The same for the same alert, whatever its state. */
export function alertKey({ rule, labels }: Pick<AlertTransition, "rule" | "labels">): string {
  return JSON.stringify([rule, labelsKey(labels)]);
}

export function groupKey({ receiver, groupId }: Pick<AlertGroup, "receiver" | "groupId">): string {
  return `${receiver} ${groupId}`;
}

/** The group with an alert's newest transition. A pure function. */
export function withTransition(
  group: AlertGroup,
  transition: AlertTransition,
  nowMs: number,
): { group: AlertGroup; outcomes: Outcome[] } {
  const key = alertKey(transition);
  const before = group.members.find((member) => alertKey(member.transition) === key);
  if (before?.transition.id === transition.id) return { group, outcomes: [] };
  const member: GroupMember = {
    transition,
    ...(before?.told && { told: before.told }),
    changesMs: countedChanges([...(before?.changesMs ?? []), nowMs], nowMs),
    ...(before?.flapping && { flapping: true }),
  };
  const members = [...group.members.filter((other) => other !== before), member];
  const waited = before?.recorded?.startsWith("waiting") === true;
  return {
    group: { ...group, members },
    outcomes: waited
      ? [{ transitionId: before.transition.id, decision: { send: false, reason: "over_before_sent" } }]
      : [],
  };
}

/**
 * What a group's receiver is to be told at that time, and what of the group is to be remembered. A pure function.
 *
 * The first news of a group waits `waitS`; so does a more severe alert than those told, and the end of all. Other news
 * comes `intervalS` after the message before at the earliest. What fires on is told again every `repeatS`, but for what
 * somebody has acknowledged. That somebody has is told at once to those who take it, whatever the times.
 */
export function planGroup(group: AlertGroup, circumstances: Circumstances, receiver: GroupReceiver): GroupPlan {
  const { nowMs } = circumstances;
  const judged = group.members.map((member) => judge(member, circumstances));
  const news = judged.filter(({ decision }) => decision?.send);
  const newsSinceMs = Math.min(group.newsSinceMs ?? nowMs, nowMs);
  // A clock that was set back must not put off what is due by years.
  const repeatAtMs = Math.min(group.repeatAtMs ?? Number.POSITIVE_INFINITY, nowMs + group.timing.repeatS * 1000);
  const newsDueMs = news.length === 0 ? Number.POSITIVE_INFINITY : dueMs(group, judged, newsSinceMs, nowMs);
  const repeats = repeatAtMs <= nowMs;
  const told = newsDueMs <= nowMs || (repeats && news.length > 0) ? tellable(judged, circumstances) : [];
  const again = repeats && told.length === 0 && !receiver.underWay ? repeatable(group, judged, circumstances) : [];
  const alerts = told.length > 0 ? told : again;
  const cared =
    alerts.length === 0 && receiver.takesAcknowledgements && lacksAcknowledgement(group, circumstances)
      ? acknowledgeable(judged, circumstances)
      : [];

  const outcomes: Outcome[] = [];
  const members: GroupMember[] = [];
  for (const { member, decision } of judged) {
    const isTold = alerts.some(({ id }) => id === member.transition.id);
    const next = withAcknowledgement(
      isTold ? toldMember(member) : decided(member, decision),
      [...alerts, ...cared].find(({ id }) => id === member.transition.id),
    );
    const outcome = isTold && decision?.send === false ? { send: true, reason: "firing" as const } : decision;
    if (outcome !== undefined && (isTold || next.recorded !== member.recorded)) {
      outcomes.push({ transitionId: member.transition.id, decision: outcome });
    }
    if (isNeeded(next, decision, nowMs)) members.push(next);
  }

  const { newsSinceMs: _, toldMs: __, repeatAtMs: ___, ...base } = group;
  const nextRepeatMs = alerts.length > 0 || repeats ? nowMs + group.timing.repeatS * 1000 : repeatAtMs;
  const waiting = news.length > 0 && told.length === 0;
  const next: AlertGroup = {
    ...base,
    members,
    ...(waiting && { newsSinceMs }),
    ...(alerts.length > 0
      ? { toldMs: nowMs }
      : group.toldMs !== undefined && { toldMs: Math.min(group.toldMs, nowMs) }),
    ...(members.some(isKnownToFire) && { repeatAtMs: nextRepeatMs }),
  };
  return {
    group: members.length === 0 ? undefined : next,
    ...(alerts.length > 0 && { message: messageAbout(group, alerts, again.length > 0 && "repeat", nowMs) }),
    ...(cared.length > 0 && { message: messageAbout(group, cared, "acknowledgement", nowMs) }),
    outcomes,
    wakeMs: Math.min(
      waiting ? newsDueMs : Number.POSITIVE_INFINITY,
      next.repeatAtMs ?? Number.POSITIVE_INFINITY,
      ...members
        .map(({ changesMs, flapping }) => (flapping ? calmAtMs(changesMs) : forgottenAtMs(changesMs)))
        .filter((ms) => ms > nowMs),
    ),
  };
}

/** Whether something keeps one of its alerts from the receiver that may be over at any time. */
export function isKept({ members }: AlertGroup): boolean {
  return members.some(({ keptBy, transition }) => keptBy !== undefined && transition.to === "firing");
}

/** The group once a message did not arrive and was given up, or one did. */
export function withDelivery(group: AlertGroup, alerts: readonly NotifiedAlert[], delivered: boolean): AlertGroup {
  const ids = new Set(alerts.filter(({ to }) => to === "firing").map(({ id }) => id));
  const isOther = ({ told }: GroupMember): boolean =>
    told?.to === "firing" && ids.has(told.id) && (told.failed === true) === delivered;
  if (!group.members.some(isOther)) return group;
  const members = group.members.map((member) => {
    if (member.told === undefined || !isOther(member)) return member;
    const { failed: _, ...told } = member.told;
    return { ...member, told: delivered ? told : { ...told, failed: true as const } };
  });
  return { ...group, members };
}

/** Whether somebody takes care of what the group's receiver knows of, and it does not know that yet. */
export function lacksAcknowledgement({ members }: AlertGroup, { active }: Circumstances): boolean {
  const cared = new Set(active.filter(({ acknowledged }) => acknowledged !== undefined).map(({ id }) => id));
  return members.some((member) => isAnnounced(member) && !member.told?.acknowledged && cared.has(member.transition.id));
}

/** The group without what its receiver refused for good, so that it is told of it again. */
export function withoutRefusals(group: AlertGroup): AlertGroup {
  const isRefused = ({ told, transition }: GroupMember): boolean =>
    told?.failed === true && transition.to === "firing" && told.id === transition.id;
  if (!group.members.some(isRefused)) return group;
  const members = group.members.map((member) => {
    if (!isRefused(member)) return member;
    const { told: _, ...rest } = member;
    return { ...rest, refused: true as const };
  });
  return { ...group, members };
}

interface Judged {
  member: GroupMember;
  decision: Decision | undefined;
}

function judge(before: GroupMember, circumstances: Circumstances): Judged {
  const { nowMs } = circumstances;
  const { flapping: flapped, ...rest } = before;
  const changesMs = countedChanges(before.changesMs, nowMs);
  let member: GroupMember = {
    ...rest,
    changesMs,
    ...(isFlapping(flapped === true, changesMs, nowMs) && { flapping: true }),
  };
  if (member.keptBy !== undefined && member.releasedMs === undefined && !keptBack(member.transition, circumstances)) {
    member = { ...member, releasedMs: nowMs };
  }
  const decision = decide(member, circumstances);
  if (decision?.reason === "inhibited" || decision?.reason === "silenced") {
    const { releasedMs: _, ...kept } = member;
    member = { ...kept, keptBy: decision.reason };
  }
  return { member, decision };
}

function dueMs({ timing, toldMs }: AlertGroup, judged: readonly Judged[], newsSinceMs: number, nowMs: number): number {
  const soonMs = newsSinceMs + timing.waitS * 1000;
  const known = judged.filter(({ member }) => isKnownToFire(member)).map(({ member }) => member.transition);
  const fresh = judged.filter(({ decision }) => decision?.send).map(({ member }) => member.transition);
  const worst = Math.max(...known.map(({ severity }) => WEIGHT[severity]), 0);
  const moreSevere = fresh.some(({ to, severity }) => to === "firing" && WEIGHT[severity] > worst);
  const ends = judged.every(({ member }) => member.transition.to === "resolved");
  if (known.length === 0 || moreSevere || ends || toldMs === undefined) return soonMs;
  return Math.max(soonMs, Math.min(toldMs, nowMs) + timing.intervalS * 1000);
}

/** What fires, if nothing keeps it back, and what resolved and is not told yet. */
function tellable(judged: readonly Judged[], circumstances: Circumstances): NotifiedAlert[] {
  return judged
    .filter(({ member, decision }) => decision?.send ?? (fires(member) && !keptBack(member.transition, circumstances)))
    .filter(({ member, decision }) => decision?.send || isKnownToFire(member))
    .map(({ member, decision }) => {
      const isLate = member.refused === true || decision?.reason.startsWith("no_longer_") === true;
      return notified(member, circumstances, isLate);
    })
    .sort(byWeight);
}

function repeatable({ timing }: AlertGroup, judged: readonly Judged[], circumstances: Circumstances): NotifiedAlert[] {
  const alerts = judged
    .filter(({ member }) => fires(member) && isKnownToFire(member))
    .map(({ member }) => notified(member, circumstances, true))
    .sort(byWeight);
  // A service that forgets would take silence for the end.
  if (timing.forgets) return alerts;
  return alerts.filter((alert) => alert.acknowledged === undefined && !keptBack(alert, circumstances));
}

/** All that the receiver knows to fire: who keeps one thing for several alerts has to know of each. */
function acknowledgeable(judged: readonly Judged[], circumstances: Circumstances): NotifiedAlert[] {
  return judged
    .filter(({ member }) => isAnnounced(member))
    .map(({ member }) => notified(member, circumstances, true))
    .sort(byWeight);
}

function notified(member: GroupMember, { active }: Circumstances, withLatestValue: boolean): NotifiedAlert {
  const { transition, flapping } = member;
  const { latest, acknowledged } = active.find(({ id }) => id === transition.id) ?? {};
  return {
    ...transition,
    ...(withLatestValue && latest?.value !== undefined && { value: latest.value }),
    ...(acknowledged !== undefined && { acknowledged }),
    ...(flapping && { flapping }),
    ...(isAnnounced(member) && { known: true as const }),
  };
}

function messageAbout(
  { receiver, groupId, groupLabels }: AlertGroup,
  alerts: readonly NotifiedAlert[],
  mark: "repeat" | "acknowledgement" | false,
  nowMs: number,
): Notification {
  const said = JSON.stringify([receiver, groupId, nowMs, ...alerts.map(({ id }) => id), mark]);
  const id = createHash("sha256").update(said).digest("hex").slice(0, 32);
  return { id, groupId, groupLabels, alerts, ...(mark && { [mark]: true }) };
}

function toldMember({ transition, told, changesMs, flapping }: GroupMember): GroupMember {
  const { id, to } = transition;
  const marks = flapping ? { flapping } : {};
  return {
    transition,
    told: to === "resolved" ? { id: told?.id ?? id, to, ...marks } : { id, to: "firing", ...marks },
    changesMs,
    ...marks,
  };
}

function withAcknowledgement(member: GroupMember, alert: NotifiedAlert | undefined): GroupMember {
  if (alert?.acknowledged === undefined || member.told?.to !== "firing") return member;
  return { ...member, told: { ...member.told, acknowledged: true } };
}

function decided(member: GroupMember, decision: Decision | undefined): GroupMember {
  if (decision === undefined) return member;
  const { send, reason } = decision;
  return { ...member, recorded: `${send ? "waiting" : "not_sent"} ${reason}` };
}

function isNeeded(
  { transition, told, changesMs }: GroupMember,
  decision: Decision | undefined,
  nowMs: number,
): boolean {
  if (transition.to === "firing" || countedChanges(changesMs, nowMs).length > 0) return true;
  return decision?.send === true && told?.to !== "resolved";
}

const fires = ({ transition }: GroupMember): boolean => transition.to === "firing";

/** What the receiver was told, and did not refuse. */
function isAnnounced({ told, transition }: GroupMember): boolean {
  return transition.to === "firing" && told?.to === "firing" && told.id === transition.id && !told.failed;
}

/** Also what a receiver was told and did not take: it hears of it when the alert is repeated. */
function isKnownToFire({ told, transition, flapping }: GroupMember): boolean {
  if (told?.to !== "firing") return false;
  if (transition.to === "resolved") return !told.failed;
  return told.id === transition.id || (flapping === true && told.flapping === true);
}

const WEIGHT: Readonly<Record<Severity, number>> = { warning: 1, error: 2, critical: 3 };

/** Firing before resolved, then the most severe, then the oldest. */
export function byWeight(a: NotifiedAlert, b: NotifiedAlert): number {
  if (a.to !== b.to) return a.to === "firing" ? -1 : 1;
  return WEIGHT[b.severity] - WEIGHT[a.severity] || (a.at < b.at ? -1 : 1);
}
