import type { AlertsView } from "../../../alert/alert-view.js";
import type { RulesFileView, RulesView } from "../../../alert/rule-view.js";
import { unansweredText } from "../../../alert/unanswered.js";
import type { BilingualText } from "../../../indicators/language.js";
import type { ReceiversView } from "../../api/receivers-view.js";
import { formatTime } from "../format.js";
import { language, say } from "../language.js";
import { chosen, viewPath } from "../route.js";
import { useLive } from "../use-live.js";
import { useAlertActions } from "./alert-actions.js";
import { AlertActive } from "./alert-active.js";
import { AlertHistory } from "./alert-history.js";
import { AlertReceivers, notTold, ReceiverTrouble } from "./alert-receivers.js";
import { AlertRules } from "./alert-rules.js";
import { BacktestPanel } from "./backtest-panel.js";
import { SilenceList } from "./silence-list.js";
import "./alerts.css";

/** In the order of what somebody needs who was woken. */
const TABS = ["active", "history", "silences", "rules", "backtest", "receivers"] as const;
type Tab = (typeof TABS)[number];

const TAB_TEXT: Record<Tab, BilingualText> = {
  active: { en: "Active", zh: "当前" },
  history: { en: "History", zh: "历史" },
  silences: { en: "Silences", zh: "静默" },
  rules: { en: "Rules", zh: "规则" },
  backtest: { en: "Test a rule", zh: "回测" },
  receivers: { en: "Receivers", zh: "接收方" },
};

interface AlertsPageProps {
  alerts: AlertsView | undefined;
  rulesFile: RulesFileView | undefined;
}

export function AlertsPage({ alerts, rulesFile }: AlertsPageProps) {
  const actions = useAlertActions(alerts);
  const rules = useLive<RulesView>("/api/rules", ["alerts"]).data?.rules ?? [];
  const receivers = useLive<ReceiversView>("/api/receivers", ["alerts"], 30_000).data?.receivers ?? [];
  const tab = TABS.find((each) => each === chosen("tab")) ?? "active";
  if (!alerts) return <p class="quiet">{say({ en: "Loading…", zh: "加载中…" })}</p>;
  const trouble = unansweredText(alerts, language.value);
  return (
    <>
      <div class="title-row">
        <h1>{say({ en: "Alerts", zh: "告警" })}</h1>
        {alerts.evaluated_at && (
          <p class="quiet">
            {say({ en: "Rules evaluated at", zh: "规则评估时间" })} {formatTime(alerts.evaluated_at, language.value)}
          </p>
        )}
      </div>
      <Tabs tab={tab} counts={{ active: alerts.active.length, receivers: notTold(receivers).length }} />
      {trouble && <p class="notice error-text">{trouble}</p>}
      {rulesFile?.error && (
        <p class="notice error-text" title={rulesFile.error.message}>
          {say({ en: "The rules file was changed and is refused since ", zh: "规则文件已修改但被拒绝，始于 " })}
          {formatTime(rulesFile.error.since, language.value)}
          {say({ en: "; the rules from before stay: ", zh: "，仍按之前的规则评估：" })}
          <code>{rulesFile.error.first}</code>
        </p>
      )}
      {tab === "active" && <ReceiverTrouble receivers={receivers} />}
      {tab === "active" && <AlertActive alerts={alerts} rules={rules} actions={actions} />}
      {tab === "history" && <AlertHistory rules={rules} />}
      {tab === "silences" && <SilenceList alerts={alerts} actions={actions} />}
      {tab === "rules" && <AlertRules alerts={alerts} rules={rules} file={rulesFile} actions={actions} />}
      {tab === "backtest" && rules.length > 0 && <BacktestPanel rules={rules} />}
      {tab === "receivers" && <AlertReceivers receivers={receivers} />}
      {actions.dialog}
    </>
  );
}

/** What waits for somebody behind a tab is counted beside its name. */
function Tabs({ tab, counts }: { tab: Tab; counts: Partial<Record<Tab, number>> }) {
  return (
    <nav class="alert-tabs" aria-label={say({ en: "Alerts", zh: "告警" })}>
      {TABS.map((each) => (
        <a
          key={each}
          href={viewPath("alerts", { tab: each === "active" ? undefined : each })}
          aria-current={each === tab ? "page" : undefined}
        >
          {say(TAB_TEXT[each])}
          {(counts[each] ?? 0) > 0 && <span class="badge">{counts[each]}</span>}
        </a>
      ))}
    </nav>
  );
}
