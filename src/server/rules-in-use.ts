import type { Rule } from "../alert/rule.js";
import { type RulesView, ruleView } from "../alert/rule-view.js";
import type { Language } from "../indicators/language.js";
import type { Channel } from "../notify/channel.js";
import type { Receiver } from "../notify/receiver.js";
import type { Route } from "../notify/route.js";
import { FileWatch } from "./file-watch.js";
import { type OpenReceivers, openReceivers } from "./open-receivers.js";

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
  /** Gets that rules were replaced, or why they were not. */
  log(message: string): void;
}

interface InUse {
  rules: readonly Rule[];
  receivers: OpenReceivers;
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
  #error: { message: string; at: string } | undefined;
  #watch: FileWatch | undefined;

  constructor(options: RulesInUseOptions) {
    this.#options = options;
    this.#inUse = this.#opened(options);
  }

  get rules(): readonly Rule[] {
    return this.#inUse.rules;
  }

  get receivers(): readonly Channel[] {
    return [...this.#inUse.receivers.values()];
  }

  get route(): Route | undefined {
    return this.#inUse.route;
  }

  view(): RulesView {
    const { file } = this.#options;
    const error = this.#error;
    return {
      rules: this.rules.map(ruleView),
      ...(file && { file: { path: file.path, loaded_at: this.#loadedAt, ...(error && { error }) } }),
    };
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

  async #reload(file: ReadableRules, replace: (rules: readonly Rule[]) => Promise<void>): Promise<void> {
    const { log } = this.#options;
    const at = new Date().toISOString();
    const before = this.#inUse;
    try {
      const contents = file.load();
      const { rules, receivers = [] } = contents;
      // Who decides about the alerts that end with their rule goes by the new ones.
      this.#inUse = this.#opened(contents, before.receivers);
      await replace(rules);
      this.#loadedAt = at;
      this.#error = undefined;
      const told =
        receivers.length === 0 ? "" : `, ${receivers.length} ${receivers.length === 1 ? "receiver" : "receivers"}`;
      log(`Rules: ${file.path} was read again: ${rules.length} rules${told}`);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#inUse = before;
      this.#error = { message, at };
      log(`Rules: ${file.path} was changed and is refused; the rules from before stay: ${message}`);
    }
  }

  #opened({ rules, receivers = [], route }: RulesFileContents, before?: OpenReceivers): InUse {
    return { rules, receivers: openReceivers(receivers, this.#options.language, before), route };
  }
}
