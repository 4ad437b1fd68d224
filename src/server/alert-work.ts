import type { Meter } from "@opentelemetry/api";
import type { AlertJournal } from "../alert/alert-journal.js";
import type { AlertsView } from "../alert/alert-view.js";
import { ChangeFinder } from "../alert/change-finder.js";
import { createEvaluator, type Evaluator, type EvaluatorOptions } from "../alert/evaluator.js";
import { type PastSources, pastAsker } from "../alert/past-asker.js";
import { SilenceList } from "../alert/silence-list.js";
import type { AlertSources } from "../dashboard/api/alert-routes.js";
import { type ReceiversView, receiverView } from "../dashboard/api/receivers-view.js";
import type { AlertWorkView } from "../dashboard/api/status-view.js";
import type { Language } from "../indicators/language.js";
import type { Channel } from "../notify/channel.js";
import { createNotify, type Notifier } from "../notify/notify.js";
import { reachOf } from "../notify/reach.js";
import { type ReadableRules, type RulesFileContents, RulesInUse } from "./rules-in-use.js";

export interface AlertWorkOptions extends RulesFileContents, Pick<EvaluatorOptions, "source" | "exampleTrace"> {
  /** Asked by rules with an `expr`, and for many times at once; without it those rules get an error. */
  exprSource?: NonNullable<PastSources["backend"]>;
  /** Stays the caller's. */
  journal: AlertJournal;
  /** Of receivers that have none of their own. */
  language: Language;
  /** Begins the links to the page; undefined where there is none. */
  pageUrl: string | undefined;
  /** Watched, when the rules come from one. */
  rulesFile: ReadableRules | undefined;
  /** Told of every alert, whatever the routes say. */
  channels: readonly Channel[];
  meter: Meter;
  /** Alerts, or what people did about them, changed. */
  onChange(): void;
  /** Gets what went wrong and is shown nowhere else. */
  log(message: string): void;
}

export interface AlertWork {
  evaluator: Evaluator;
  /** Evaluates every rule for this moment; resolves when what it found has been sent, or waits for its time. */
  evaluateNow(): Promise<AlertsView>;
  /** For the JSON API. */
  sources: AlertSources;
  /** Who can be told, for the JSON API. */
  receivers(): ReceiversView;
  /** How the evaluation itself does. */
  status(): AlertWorkView;
  close(): Promise<void>;
}

/** query → alert → notify. The evaluator is not started yet. */
export async function openAlertWork(options: AlertWorkOptions): Promise<AlertWork> {
  const {
    journal,
    channels,
    receivers = [],
    route,
    language,
    pageUrl,
    onChange,
    log,
    rulesFile,
    rules,
    ...asked
  } = options;
  const inUse = new RulesInUse({ rules, receivers, route, language, file: rulesFile, meter: asked.meter, log });
  let evaluator: Evaluator | undefined;
  let silences: SilenceList | undefined;
  let notifier: Notifier | undefined;
  const close = async (): Promise<void> => {
    await inUse.stop();
    silences?.stop();
    await evaluator?.stop();
    await notifier?.stop();
  };
  try {
    const list = await SilenceList.open({ journal, onEnd: () => evaluator?.tellAgain(), log });
    silences = list;
    const notify = await createNotify({
      rules: () => inUse.rules,
      silences: () => list.all(),
      receivers: () => inUse.channels,
      route: () => inUse.route,
      channels,
      ...(pageUrl !== undefined && { pageUrl }),
      journal,
      onRecord: onChange,
      log,
    });
    notifier = notify;
    const running = await createEvaluator({
      ...asked,
      changes: new ChangeFinder(asked.source, asked.exprSource),
      rules,
      journal,
      ...(pageUrl !== undefined && { externalUrl: pageUrl }),
      log,
      async onTransitions(transitions, active) {
        await notify.tell(transitions, active);
        if (transitions.length > 0) onChange();
      },
    });
    evaluator = running;
    inUse.watch(async (changed) => {
      await running.replaceRules(changed);
      onChange();
    });
    return {
      evaluator: running,
      async evaluateNow() {
        await running.evaluateNow();
        await notify.settled();
        return running.view();
      },
      sources: {
        alerts: () => running.view(),
        history: (filter) => journal.historyPage(filter),
        rules: () => inUse.view(),
        backtests: {
          rules: () => inUse.rules,
          askerFor: (rule) => pastAsker({ source: asked.source, backend: asked.exprSource }, rule),
          nowMs: Date.now,
        },
        acknowledge: (id, acknowledgement) => running.acknowledge(id, acknowledgement),
        silences: list,
        onChange,
        nowMs: Date.now,
      },
      receivers: () => ({
        receivers: notify.receivers().map((standing) => {
          const configured = inUse.receivers.find(({ name }) => name === standing.name);
          const about = configured
            ? { kind: configured.kind, reach: reachOf(configured.name, inUse.rules, inUse.route) }
            : { kind: "console" as const, reach: { routes: "all" as const, rules: [] } };
          return receiverView({ ...about, language: configured?.language ?? language }, standing);
        }),
      }),
      status() {
        const file = inUse.fileView();
        return { source_health: running.sourceHealth(), ...(file && { rules_file: file }) };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
