import { type AlertGroup, alertKey, groupKey, isKept } from "./alert-group.js";
import type { Routed } from "./route.js";

interface Entry {
  group: AlertGroup;
  /** When to look at it although nothing happened, Unix time in milliseconds. */
  wakeMs: number;
}

/** All groups that there is something to remember of. */
export class GroupBook {
  readonly #entries = new Map<string, Entry>();
  /** Keys of the groups that an alert is, or was, in. */
  readonly #byAlert = new Map<string, Set<string>>();

  /** @param groups as the journal kept them: each is looked at soon */
  constructor(groups: readonly AlertGroup[]) {
    for (const group of groups) this.put(groupKey(group), { group, wakeMs: 0 });
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  keysWith(alert: string): Iterable<string> {
    return this.#byAlert.get(alert) ?? [];
  }

  /** Those whose time has come, and those with an alert that may be kept back no longer. */
  dueKeys(nowMs: number): string[] {
    return [...this.#entries].filter(([, { group, wakeMs }]) => wakeMs <= nowMs || isKept(group)).map(([key]) => key);
  }

  keysOf(receiver: string): string[] {
    return [...this.#entries].filter(([, { group }]) => group.receiver === receiver).map(([key]) => key);
  }

  /** The earliest time at which a group is to be looked at; infinite when none is. */
  nextMs(): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { wakeMs } of this.#entries.values()) nextMs = Math.min(nextMs, wakeMs);
    return nextMs;
  }

  /** @param entry undefined: it is forgotten */
  put(key: string, entry: Entry | undefined): void {
    const before = this.#entries.get(key);
    for (const { transition } of before?.group.members ?? []) this.#byAlert.get(alertKey(transition))?.delete(key);
    if (entry === undefined) this.#entries.delete(key);
    else this.#entries.set(key, entry);
    for (const { transition } of entry?.group.members ?? []) {
      const alert = alertKey(transition);
      const keys = this.#byAlert.get(alert) ?? new Set();
      this.#byAlert.set(alert, keys.add(key));
    }
    for (const { transition } of before?.group.members ?? []) {
      const alert = alertKey(transition);
      if (this.#byAlert.get(alert)?.size === 0) this.#byAlert.delete(alert);
    }
  }
}

/** Changes to the groups that are not committed yet. */
export class GroupDraft {
  readonly #book: GroupBook;
  readonly #changes = new Map<string, Entry | undefined>();
  readonly #unplanned = new Set<string>();

  /** @param nowMs those that are due then are to be planned; undefined: none */
  constructor(book: GroupBook, nowMs?: number) {
    this.#book = book;
    if (nowMs !== undefined) for (const key of book.dueKeys(nowMs)) this.#unplanned.add(key);
  }

  /** The group that an alert is routed to; a new one when there is none. */
  groupOf(routed: Routed): AlertGroup {
    const known = this.#get(groupKey(routed))?.group;
    return known === undefined ? { ...routed, members: [] } : { ...known, ...routed };
  }

  groupsWith(alert: string): AlertGroup[] {
    const changed = [...this.#changes].filter(([, entry]) => entry !== undefined && has(entry.group, alert));
    const keys = new Set([...this.#book.keysWith(alert), ...changed.map(([key]) => key)]);
    return [...keys].flatMap((key) => this.#get(key)?.group ?? []);
  }

  groupsOf(receiver: string): AlertGroup[] {
    const changed = [...this.#changes].filter(([, entry]) => entry?.group.receiver === receiver);
    const keys = new Set([...this.#book.keysOf(receiver), ...changed.map(([key]) => key)]);
    return [...keys].flatMap((key) => this.#get(key)?.group ?? []);
  }

  /** It has news, so it is to be planned. */
  change(group: AlertGroup): void {
    const key = groupKey(group);
    this.#changes.set(key, { group, wakeMs: 0 });
    this.#unplanned.add(key);
  }

  /** @param group undefined: it is forgotten */
  planned(before: AlertGroup, group: AlertGroup | undefined, wakeMs: number): void {
    const key = groupKey(before);
    this.#unplanned.delete(key);
    this.#changes.set(key, group && { group, wakeMs });
  }

  /** Something of it is other than before, which changes nothing about when to look at it. */
  amend(group: AlertGroup): void {
    const key = groupKey(group);
    this.#changes.set(key, { group, wakeMs: this.#get(key)?.wakeMs ?? 0 });
  }

  unplanned(): AlertGroup[] {
    return [...this.#unplanned].flatMap((key) => this.#get(key)?.group ?? []);
  }

  /** For the journal. */
  bodies(): Map<string, string | undefined> {
    return new Map([...this.#changes].map(([key, entry]) => [key, entry && JSON.stringify(entry.group)]));
  }

  /** Once the journal has them. */
  commit(): void {
    for (const [key, entry] of this.#changes) this.#book.put(key, entry);
  }

  #get(key: string): Entry | undefined {
    return this.#changes.has(key) ? this.#changes.get(key) : this.#book.get(key);
  }
}

function has({ members }: AlertGroup, alert: string): boolean {
  return members.some(({ transition }) => alertKey(transition) === alert);
}
