import { useEffect, useRef } from "preact/hooks";
import type { AlertsView } from "../../alert/alert-view.js";
import type { TraceSummary } from "../../store/telemetry-store.js";
import type { StatusView } from "../api/status-view.js";
import { AlertsPage } from "./alerts/alerts-page.js";
import { ComparePage } from "./compare/compare-page.js";
import { ask, connection } from "./connection.js";
import { ConnectionLost } from "./connection-lost.js";
import { CostsPage } from "./costs/costs-page.js";
import { Header } from "./header.js";
import { say } from "./language.js";
import { NowPage } from "./now/now-page.js";
import { RequestListPage } from "./requests/request-list-page.js";
import { goTo, route } from "./route.js";
import { SetupPage } from "./setup/setup-page.js";
import { WaitingPage } from "./setup/waiting-page.js";
import { StatusLine } from "./status-line.js";
import { TokenForm } from "./token-form.js";
import { TraceListPage } from "./traces/trace-list-page.js";
import { TracePage } from "./traces/trace-page.js";
import { TrendsPage } from "./trends/trends-page.js";
import { useLive } from "./use-live.js";

export function App() {
  return connection.value === "locked" ? <TokenForm /> : <UnlockedApp />;
}

function UnlockedApp() {
  const status = useLive<StatusView>("/api/status", ["traces", "indicators", "alerts"], 30_000).data;
  const alerts = useLive<AlertsView>("/api/alerts", ["alerts"], 5000).data;
  const firing = alerts?.active.filter((alert) => alert.to === "firing").length ?? 0;

  useEffect(() => {
    document.title = firing > 0 ? `(${firing}) Chainwatch` : "Chainwatch";
  }, [firing]);
  useFirstTrace(status?.waiting);

  return (
    <>
      <Header status={status} firing={firing} />
      <ConnectionLost />
      <main class={connection.value === "lost" ? "page stale" : "page"}>
        <View status={status} alerts={alerts} />
      </main>
      {status && <StatusLine status={status} />}
    </>
  );
}

/** Whoever was waiting for the first run is shown that run. */
function useFirstTrace(waiting: boolean | undefined): void {
  const waited = useRef(false);
  useEffect(() => {
    if (waiting) waited.current = true;
    if (waiting !== false || !waited.current || route.peek().view !== "now") return;
    waited.current = false;
    const leaving = new AbortController();
    void ask<{ traces: TraceSummary[] }>("/api/traces?limit=1", leaving.signal).then((answer) => {
      const first = "data" in answer ? answer.data.traces[0] : undefined;
      if (first && !leaving.signal.aborted) goTo(`/traces/${first.trace_id}`);
    });
    return () => leaving.abort();
  }, [waiting]);
}

function View({ status, alerts }: { status: StatusView | undefined; alerts: AlertsView | undefined }) {
  const { value } = route;
  if (value.view === "trace")
    return <TracePage key={value.traceId} traceId={value.traceId} jaegerUrl={status?.jaeger_url} />;
  if (value.view === "alerts") return <AlertsPage alerts={alerts} rulesFile={status?.rules_file} />;
  if (value.view === "unknown") {
    return (
      <p class="notice">
        {say({ en: "There is no such page.", zh: "没有这个页面。" })}{" "}
        <a href="/">{say({ en: "To what happens now", zh: "返回实时视图" })}</a>
      </p>
    );
  }
  if (!status) return <p class="quiet">{say({ en: "Loading…", zh: "加载中…" })}</p>;
  if (value.view === "setup") return <SetupPage status={status} />;
  if (status.waiting) return <WaitingPage />;
  switch (value.view) {
    case "trends":
      return <TrendsPage status={status} alerts={alerts} />;
    case "costs":
      return <CostsPage />;
    case "compare":
      return <ComparePage />;
    case "requests":
      return <RequestListPage />;
    case "traces":
      return <TraceListPage />;
    default:
      return <NowPage status={status} alerts={alerts} />;
  }
}
