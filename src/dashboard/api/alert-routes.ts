import type { HistoryFilter, HistoryPage } from "../../alert/alert-journal.js";
import type { Acknowledgement, ActiveAlertView, AlertsView, AlertTransition } from "../../alert/alert-view.js";
import type { RulesView } from "../../alert/rule-view.js";
import { type Silence, silenceOf } from "../../alert/silence.js";
import type { NewSilence } from "../../alert/silence-list.js";
import { silenceReach } from "../../alert/silence-reach.js";
import type { ApiRoute } from "./api.js";
import { ApiError } from "./api-error.js";
import { type BacktestSources, backtestRoutes } from "./backtest-routes.js";
import type { HistoryView } from "./history-view.js";
import { postedAcknowledgement, postedSilence } from "./posted.js";
import type { QueryParameters } from "./query-parameters.js";
import { type AddedSilenceView, silenceView } from "./silence-view.js";
import { unknownId } from "./unknown-id.js";

export interface AlertSources {
  alerts(): Promise<AlertsView>;
  history(filter: HistoryFilter): Promise<HistoryPage>;
  rules(): RulesView;
  backtests: BacktestSources;
  /** @returns undefined when no alert of that id is firing */
  acknowledge(id: string, acknowledgement: Acknowledgement): Promise<AlertTransition | undefined>;
  silences: {
    all(): readonly Silence[];
    add(silence: NewSilence): Promise<Silence>;
    /** @returns undefined when there is none of that id */
    expire(id: string): Promise<Silence | undefined>;
  };
  /** Something that pages show changed. */
  onChange(): void;
  /** Unix time, milliseconds. */
  nowMs(): number;
}

/** Alerts, their history, and what people do about them. */
export function alertRoutes(sources: AlertSources): ApiRoute[] {
  const { silences, nowMs } = sources;
  return [
    {
      method: "GET",
      path: "/api/alerts",
      async answer({ query }): Promise<AlertsView> {
        query.end();
        const view = await sources.alerts();
        return { ...view, active: view.active.map((alert) => withSilence(alert, silences.all(), nowMs())) };
      },
    },
    {
      method: "GET",
      path: "/api/alerts/history",
      async answer({ query }): Promise<HistoryView> {
        const filter = historyFilter(query);
        query.end();
        const { transitions, next } = await sources.history(filter);
        return { transitions, ...(next !== undefined && { next_cursor: String(next) }) };
      },
    },
    {
      method: "POST",
      path: "/api/alerts/:id/ack",
      async answer({ query, id, body }) {
        query.end();
        const acknowledgement = { ...postedAcknowledgement(body), at: new Date(nowMs()).toISOString() };
        const alert = await sources.acknowledge(id, acknowledgement);
        if (alert === undefined) throw noFiringAlert(id, (await sources.alerts()).active);
        sources.onChange();
        return alert;
      },
    },
    {
      method: "GET",
      path: "/api/rules",
      answer({ query }) {
        query.end();
        return sources.rules();
      },
    },
    ...backtestRoutes(sources.backtests),
    {
      method: "GET",
      path: "/api/silences",
      answer({ query }) {
        query.end();
        return { silences: silences.all().map((silence) => silenceView(silence, nowMs())) };
      },
    },
    {
      method: "POST",
      path: "/api/silences",
      async answer({ query, body }): Promise<AddedSilenceView> {
        query.end();
        const silence = await silences.add(postedSilence(body, nowMs()));
        sources.onChange();
        const { active } = await sources.alerts();
        const { rules } = sources.rules();
        const matches = silenceReach(silence.matchers, { active, rules });
        return { ...silenceView(silence, nowMs()), matches };
      },
    },
    {
      method: "DELETE",
      path: "/api/silences/:id",
      async answer({ query, id }) {
        query.end();
        const silence = await silences.expire(id);
        if (silence === undefined) {
          throw unknownId(
            "silence",
            id,
            silences.all().map((known) => known.id),
          );
        }
        sources.onChange();
        return silenceView(silence, nowMs());
      },
    },
  ];
}

function withSilence(alert: ActiveAlertView, all: readonly Silence[], atMs: number): ActiveAlertView {
  const silence = silenceOf(alert, all, atMs);
  if (silence === undefined) return alert;
  const { id, author, reason, ends_at } = silence;
  return { ...alert, silenced: { id, author, reason, ends_at } };
}

function historyFilter(query: QueryParameters): HistoryFilter {
  const rule = query.text("rule");
  const severity = query.oneOf("severity", ["warning", "error", "critical"]);
  const fromMs = query.timeMs("from");
  const toMs = query.timeMs("to");
  const before = query.number("cursor", { least: 1, most: Number.MAX_SAFE_INTEGER, whole: true });
  return {
    ...(rule !== undefined && { rule }),
    ...(severity !== undefined && { severity }),
    ...(fromMs !== undefined && { fromMs }),
    ...(toMs !== undefined && { toMs }),
    ...(before !== undefined && { before }),
    limit: query.number("limit", { least: 1, most: 1000, whole: true }) ?? 100,
  };
}

function noFiringAlert(id: string, active: readonly AlertTransition[]): ApiError {
  if (active.some((alert) => alert.id === id)) {
    return new ApiError(409, "this alert is pending: only a firing one can be acknowledged");
  }
  const firing = active.filter(({ to }) => to === "firing");
  return unknownId(
    "firing alert",
    id,
    firing.map((alert) => alert.id),
  );
}
