import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ActiveAlert, AlertInstance } from "../../src/alert/alert-instance.js";
import type { Acknowledgement, AlertTransition, NotificationResult } from "../../src/alert/alert-view.js";
import { evaluateRule } from "../../src/alert/evaluate.js";
import { labelsKey, type Rule } from "../../src/alert/rule.js";
import type { RuleSample } from "../../src/alert/rule-sample.js";
import type { Silence } from "../../src/alert/silence.js";
import { SqliteAlertJournal } from "../../src/alert/sqlite-alert-journal.js";
import type { Channel } from "../../src/notify/channel.js";
import type { Delivery } from "../../src/notify/delivery.js";
import type { Notification } from "../../src/notify/notification.js";
import { createNotify, type Notifier } from "../../src/notify/notify.js";
import type { Route } from "../../src/notify/route.js";
import { FakeClock } from "../alert/fake-clock.js";

export const START_MS = Date.parse("2026-08-01T10:00:00Z");

/** What a receiver got, and when. */
export interface Arrival {
  receiver: string;
  /** Since the start. */
  atS: number;
  notification: Notification;
}

/** Rules that are evaluated and told of as the evaluator does it, in time that a test moves. */
export class NotifyRun {
  readonly clock = new FakeClock(START_MS);
  readonly dataDir = mkdtempSync(join(tmpdir(), "chainwatch-notify-"));
  readonly arrivals: Arrival[] = [];
  readonly logged: string[] = [];
  silences: Silence[] = [];
  route: Route | undefined;
  channels: Channel[] = [];
  receivers: Channel[];
  journal!: SqliteAlertJournal;
  notifier!: Notifier;
  #life = { isOver: false };
  readonly #instances = new Map<string, AlertInstance[]>();
  readonly #acknowledged = new Map<string, Acknowledgement>();

  constructor(
    public rules: readonly Rule[],
    receivers: readonly string[] = ["oncall"],
  ) {
    this.receivers = receivers.map((name) => this.channel(name));
  }

  /** A receiver that takes everything, or answers as the test says. */
  channel(
    name: string,
    answer: (notification: Notification) => Delivery | Promise<Delivery> = () => ({ delivered: true }),
    parts: Partial<Channel> = {},
  ): Channel {
    return {
      ...parts,
      name,
      deliver: async (notification) => {
        const delivery = await answer(notification);
        if (delivery.delivered) this.arrivals.push({ receiver: name, atS: this.#passedS(), notification });
        return delivery;
      },
    };
  }

  async start(): Promise<void> {
    this.journal = await SqliteAlertJournal.open(this.dataDir);
    const life = { isOver: false };
    this.#life = life;
    this.notifier = await createNotify({
      rules: () => this.rules,
      silences: () => this.silences,
      receivers: () => this.receivers,
      route: () => this.route,
      channels: this.channels,
      journal: this.journal,
      log: (line) => this.logged.push(line),
      clock: {
        now: this.clock.now,
        monotonic: this.clock.monotonic,
        after: (delayMs, work) => this.clock.after(delayMs, () => life.isOver || work()),
      },
      random: () => 0.5,
    });
  }

  /** As a new process would go on: from the journal alone. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
    await this.notifier.tell(await this.journal.undecided(), this.#active());
    await this.#settled();
  }

  /** Nothing of this process is heard of again; what it was about to record is not recorded. */
  async kill(): Promise<void> {
    const { journal } = this;
    this.#life.isOver = true;
    journal.recordNotify = () => new Promise<never>(() => {});
    await journal.close();
    await this.start();
    await this.notifier.tell(await this.journal.undecided(), this.#active());
    await this.#settled();
  }

  async stop(): Promise<void> {
    const stopped = this.notifier.stop();
    await this.clock.pass(5);
    await stopped;
    await this.journal.close();
  }

  remove(): void {
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** Rules that got an answer at this time, by id: a value, or several with labels. */
  async evaluate(answers: Readonly<Record<string, number | readonly RuleSample[]>>): Promise<void> {
    await this.#settled(this.notifier.tell(await this.record(answers), this.#active()));
  }

  /** Without telling anybody. */
  async record(answers: Readonly<Record<string, number | readonly RuleSample[]>>): Promise<AlertTransition[]> {
    const atMs = this.clock.now();
    const transitions: AlertTransition[] = [];
    for (const [id, answer] of Object.entries(answers)) {
      const rule = this.rules.find((candidate) => candidate.id === id);
      if (rule === undefined) throw new Error(`there is no rule ${id}`);
      const samples = typeof answer === "number" ? [{ labels: {}, value: answer, count: 100 }] : answer;
      const evaluation = evaluateRule(rule, this.#instances.get(id) ?? [], { samples }, atMs);
      this.#instances.set(id, evaluation.instances);
      transitions.push(...evaluation.transitions);
    }
    await this.journal.record({ atMs, instances: this.#instances, transitions });
    return transitions;
  }

  /** Somebody takes care of what a rule found. */
  async acknowledge(rule: string): Promise<void> {
    const at = new Date(this.clock.now()).toISOString();
    for (const alert of this.#active())
      if (alert.rule === rule) this.#acknowledged.set(alert.id, { author: "ann", at });
    await this.tellAgain();
  }

  async tellAgain(): Promise<void> {
    await this.#settled(this.notifier.tell([], this.#active()));
  }

  async pass(seconds: number): Promise<void> {
    await this.clock.pass(seconds);
    await this.#settled();
  }

  /** Who was told what: `15s oncall: slow firing, high-cost resolved`. */
  told(): string[] {
    return this.arrivals.map(({ receiver, atS, notification }) => `${atS}s ${receiver}: ${saidBy(notification)}`);
  }

  /** Oldest first: `slow firing sent firing`. */
  async outcomes(): Promise<string[]> {
    return (await this.journal.history(100)).reverse().map(({ rule, to, notification }) => {
      return [rule, to, ...outcomeOf(notification)].join(" ");
    });
  }

  silence(rule: string, fromS: number, toS: number): Silence {
    const at = (seconds: number): string => new Date(START_MS + seconds * 1000).toISOString();
    return {
      id: `silence of ${rule}`,
      matchers: [{ name: "rule", op: "=", value: rule }],
      author: "ann",
      reason: "deploy",
      starts_at: at(fromS),
      ends_at: at(toS),
      created_at: at(fromS),
    };
  }

  async #settled(work: Promise<void> = Promise.resolve()): Promise<void> {
    await work;
    await this.clock.pass(0);
  }

  #active(): ActiveAlert[] {
    return [...this.#instances.values()].flat().flatMap(({ entered, countedAtMs, value }) => {
      if (entered === undefined) return [];
      const acknowledged = this.#acknowledged.get(entered.id);
      const latest = { atMs: countedAtMs, ...(value !== undefined && { value }) };
      return [{ ...entered, latest, ...(acknowledged && { acknowledged }) }];
    });
  }

  #passedS(): number {
    return (this.clock.now() - START_MS) / 1000;
  }
}

export function saidBy({ alerts, repeat, acknowledgement, summarises }: Notification): string {
  const said = alerts.map(({ rule, labels, to, flapping }) => {
    const own = Object.keys(labels).length === 0 ? "" : labelsKey(labels);
    return `${rule}${own} ${flapping ? "flapping, " : ""}${to}`;
  });
  const marks = [
    repeat && "again",
    acknowledgement && "acknowledged",
    summarises !== undefined && `for ${summarises}`,
  ].filter(Boolean);
  return said.join(", ") + marks.map((mark) => ` (${mark})`).join("");
}

function outcomeOf(notification: NotificationResult | undefined): string[] {
  if (notification === undefined) return ["undecided"];
  const { result, reason, inhibited_by: by } = notification;
  return [result, reason, ...(by === undefined ? [] : [by])];
}
