import type { Rule } from "../alert/rule.js";
import { type RulesView, ruleView } from "../alert/rule-view.js";
import { FileWatch } from "./file-watch.js";

/** A file of rules that can be read again. */
export interface ReadableRules {
  path: string;
  /** Reads and checks it; throws what is wrong with it. */
  load(): readonly Rule[];
}

export interface RulesInUseOptions {
  rules: readonly Rule[];
  /** Absent: the rules never change. */
  file?: ReadableRules | undefined;
  /** Gets that rules were replaced, or why they were not. */
  log(message: string): void;
}

/**
 * The rules that are evaluated now. A file that changes is read again; one with a mistake is refused with its error,
 * and the rules that were there before stay.
 */
export class RulesInUse {
  readonly #options: RulesInUseOptions;
  #rules: readonly Rule[];
  #loadedAt = new Date().toISOString();
  #error: { message: string; at: string } | undefined;
  #watch: FileWatch | undefined;

  constructor(options: RulesInUseOptions) {
    this.#options = options;
    this.#rules = options.rules;
  }

  get rules(): readonly Rule[] {
    return this.#rules;
  }

  view(): RulesView {
    const { file } = this.#options;
    const error = this.#error;
    return {
      rules: this.#rules.map(ruleView),
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
    const before = this.#rules;
    try {
      const rules = file.load();
      // Who decides about the alerts that end with their rule goes by the new ones.
      this.#rules = rules;
      await replace(rules);
      this.#loadedAt = at;
      this.#error = undefined;
      log(`Rules: ${file.path} was read again: ${rules.length} rules`);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#rules = before;
      this.#error = { message, at };
      log(`Rules: ${file.path} was changed and is refused; the rules from before stay: ${message}`);
    }
  }
}
