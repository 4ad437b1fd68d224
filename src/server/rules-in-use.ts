import type { Meter } from "@opentelemetry/api";
import type { Rule } from "../alert/rule.js";
import { type RulesFileMistakes, type RulesFileView, type RulesView, ruleView } from "../alert/rule-view.js";
import type { Language } from "../indicators/language.js";
import type { Channel } from "../notify/channel.js";
import type { Receiver } from "../notify/receiver.js";
import type { Route } from "../notify/route.js";
import { FileWatch } from "./file-watch.js";
import { type OpenReceivers, openReceivers } from "./open-receivers.js";
import { RulesFileError } from "./rules-file-error.js";

/** What a rules file says. */
export interface RulesFileContents {
  rules: readonly Rule[];
  /** Who can be told of alerts; absent: nobody. */
  receivers?: readonly Receiver[];
  /** Who is told of what; undefined: every receiver of every alert. */
  route?: Route | undefined;
}

/** A file of rules that can be read again. */
export interface ReadableRules {
  path: string;
  /** Reads and checks it; throws what is wrong with it. */
  load(): RulesFileContents;
}

export interface RulesInUseOptions extends RulesFileContents {
  /** Of receivers that have none of their own. */
  language: Language;
  /** Absent: the rules never change. */
  file?: ReadableRules | undefined;
  /** Of the instruments that say whether the file in use is the newest. */
  meter: Meter;
  /** Gets that rules were replaced, or why they were not. */
  log(message: string): void;
}

interface InUse {
  rules: readonly Rule[];
  receivers: readonly Receiver[];
  channels: OpenReceivers;
  route: Route | undefined;
}

/**
 * The rules that are evaluated now, and who is told of their alerts. A file that changes is read again; one with a
 * mistake is refused with its error, and what was there before stays.
 */
export class RulesInUse {
  readonly #options: RulesInUseOptions;
  #inUse: InUse;
  #loadedAt = new Date().toISOString();
  #error: RulesFileMistakes | undefined;
  #watch: FileWatch | undefined;

  constructor(options: RulesInUseOptions) {
    this.#options = options;
    this.#inUse = this.#opened(options);
    if (options.file !== undefined) this.#observe(options.meter);
  }

  get rules(): readonly Rule[] {
    return this.#inUse.rules;
  }

  get receivers(): readonly Receiver[] {
    return this.#inUse.receivers;
  }

  /** Of the receivers. */
  get channels(): readonly Channel[] {
    return [...this.#inUse.channels.values()];
  }

  get route(): Route | undefined {
    return this.#inUse.route;
  }

  view(): RulesView {
    const file = this.fileView();
    return { rules: this.rules.map(ruleView), ...(file && { file }) };
  }

  /** @returns undefined: there is no file */
  fileView(): RulesFileView | undefined {
    const { file } = this.#options;
    const error = this.#error;
    return file && { path: file.path, loaded_at: this.#loadedAt, ...(error && { error }) };
  }

  /** @param replace hands new rules to whoever works with them; when it fails they are refused */
  watch(replace: (rules: readonly Rule[]) => Promise<void>): void {
    const { file, log } = this.#options;
    if (file === undefined) return;
    const onTrouble = ({ message }: Error): void =>
      log(`Rules: changes of ${file.path} go unnoticed (${message}); send SIGHUP to have it read again`);
    this.#watch = new FileWatch(file.path, () => this.#reload(file, replace), onTrouble);
  }

  stop(): Promise<void> {
    return this.#watch?.close() ?? Promise.resolve();
  }

  /** Named as those of Prometheus and Alertmanager. */
  #observe(meter: Meter): void {
    meter
      .createObservableGauge("chainwatch.config.last_reload_successful", {
        description: "1: what is evaluated is the rules file as it is. 0: the file was changed and is refused.",
      })
      .addCallback((result) => result.observe(this.#error === undefined ? 1 : 0));
    meter
      .createObservableGauge("chainwatch.config.last_reload_success_timestamp", {
        description: "When the rules that are evaluated were read from their file, Unix time.",
        unit: "s",
      })
      .addCallback((result) => result.observe(Date.parse(this.#loadedAt) / 1000));
  }

  async #reload(file: ReadableRules, replace: (rules: readonly Rule[]) => Promise<void>): Promise<void> {
    const { log } = this.#options;
    const at = new Date().toISOString();
    const before = this.#inUse;
    try {
      const contents = file.load();
      const { rules, receivers = [] } = contents;
      // Who decides about the alerts that end with their rule goes by the new ones.
      this.#inUse = this.#opened(contents, before.channels);
      await replace(rules);
      this.#loadedAt = at;
      this.#error = undefined;
      const told =
        receivers.length === 0 ? "" : `, ${receivers.length} ${receivers.length === 1 ? "receiver" : "receivers"}`;
      log(`Rules: ${file.path} was read again: ${rules.length} rules${told}`);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#inUse = before;
      const first = error instanceof RulesFileError ? (error.mistakes[0] ?? message) : message;
      this.#error = { message, first, at, since: this.#error?.since ?? at };
      log(`Rules: ${file.path} was changed and is refused; the rules from before stay: ${message}`);
    }
  }

  #opened({ rules, receivers = [], route }: RulesFileContents, before?: OpenReceivers): InUse {
    return { rules, receivers, channels: openReceivers(receivers, this.#options.language, before), route };
  }
}
