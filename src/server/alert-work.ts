import type { Meter } from "@opentelemetry/api";
import type { AlertJournal } from "../alert/alert-journal.js";
import { createEvaluator, type Evaluator, type EvaluatorOptions } from "../alert/evaluator.js";
import type { Rule } from "../alert/rule.js";
import { SilenceList } from "../alert/silence-list.js";
import type { AlertSources } from "../dashboard/api/alert-routes.js";
import type { Channel } from "../notify/channel.js";
import { createNotify } from "../notify/notify.js";
import { type ReadableRules, RulesInUse } from "./rules-in-use.js";

export interface AlertWorkOptions extends Pick<EvaluatorOptions, "source" | "exprSource" | "exampleTrace"> {
  /** Stays the caller's. */
  journal: AlertJournal;
  rules: readonly Rule[];
  /** Watched, when the rules come from one. */
  rulesFile: ReadableRules | undefined;
  /** Who is told of alerts. */
  channels: readonly Channel[];
  /** Begins the links to the page; undefined where there is none. */
  pageUrl: string | undefined;
  meter: Meter;
  /** Alerts, or what people did about them, changed. */
  onChange(): void;
  /** Gets what went wrong and is shown nowhere else. */
  log(message: string): void;
}

export interface AlertWork {
  evaluator: Evaluator;
  /** For the JSON API. */
  sources: AlertSources;
  close(): Promise<void>;
}

/** query → alert → notify. The evaluator is not started yet. */
export async function openAlertWork(options: AlertWorkOptions): Promise<AlertWork> {
  const { journal, channels, pageUrl, onChange, log, rulesFile, rules, ...asked } = options;
  const inUse = new RulesInUse({ rules, file: rulesFile, log });
  let evaluator: Evaluator | undefined;
  let silences: SilenceList | undefined;
  const close = async (): Promise<void> => {
    await inUse.stop();
    silences?.stop();
    await evaluator?.stop();
  };
  try {
    const list = await SilenceList.open({ journal, onEnd: () => evaluator?.tellAgain() });
    silences = list;
    const notify = createNotify({ rules: () => inUse.rules, silences: () => list.all(), journal, channels, log });
    const running = await createEvaluator({
      ...asked,
      rules,
      journal,
      ...(pageUrl !== undefined && { externalUrl: pageUrl }),
      log,
      async onTransitions(transitions, active) {
        await notify(transitions, active);
        onChange();
      },
    });
    evaluator = running;
    inUse.watch(async (changed) => {
      await running.replaceRules(changed);
      onChange();
    });
    return {
      evaluator: running,
      sources: {
        alerts: () => running.view(),
        history: (filter) => journal.historyPage(filter),
        rules: () => inUse.view(),
        acknowledge: (id, acknowledgement) => running.acknowledge(id, acknowledgement),
        silences: list,
        onChange,
        nowMs: Date.now,
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
